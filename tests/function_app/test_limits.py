from __future__ import annotations

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import anyio
import httpx
import pytest
from fastapi import FastAPI, Request

from function_app.errors import RateLimitedError
from function_app.metrics import Metrics
from function_app.web.problems import install_problem_handlers
from function_app.web.rate_limit import RateLimiter
from function_app.web.request_context import RequestContextMiddleware
from function_app.web.request_limits import Admission, RequestLimitsMiddleware

LARGEST = 1_024


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def calls_let_through(rates: RateLimiter, caller: str, tries: int) -> int:
    for made in range(tries):
        try:
            rates.take(caller)
        except RateLimitedError:
            return made
    return tries


def test_a_caller_has_its_own_calls_and_gets_new_ones_with_time() -> None:
    clock = Clock()
    rates = RateLimiter(10, clock)
    assert calls_let_through(rates, "desk", 100) == 10
    assert calls_let_through(rates, "branch", 100) == 10
    clock.seconds += 0.35
    assert calls_let_through(rates, "desk", 100) == 3
    clock.seconds += 3_600
    assert calls_let_through(rates, "desk", 100) == 10


def test_a_refused_caller_is_told_when_there_is_a_call_for_it() -> None:
    clock = Clock()
    rates = RateLimiter(0.2, clock)
    rates.take("desk")
    with pytest.raises(RateLimitedError) as refusal:
        rates.take("desk")
    clock.seconds += refusal.value.retry_after_seconds
    rates.take("desk")


def posted(content: bytes | AsyncIterator[bytes]) -> httpx.Response:
    """Post a body to a call that reads it."""
    app = FastAPI()
    limits = {"admission": Admission(1), "max_body_bytes": LARGEST}
    app.add_middleware(RequestLimitsMiddleware, **limits)
    app.add_middleware(RequestContextMiddleware, count=Metrics().request)
    install_problem_handlers(app)

    @app.post("/count")
    async def count(request: Request) -> int:
        return len(await request.body())

    async def post() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as own:
            return await own.post("/count", content=content)

    # Where browser tests have run before, this thread has a loop already.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(anyio.run, post).result()


async def pieces(number: int) -> AsyncIterator[bytes]:
    for _ in range(number):
        yield bytes(LARGEST // 4)


def test_a_body_is_read_up_to_the_limit_whether_or_not_its_length_is_declared() -> None:
    assert posted(bytes(LARGEST)).json() == LARGEST
    assert posted(pieces(4)).json() == LARGEST
    for too_large in (bytes(LARGEST + 1), pieces(5)):
        problem = posted(too_large)
        assert problem.status_code == 413
        assert problem.json()["type"] == "/api/docs#body-too-large"
