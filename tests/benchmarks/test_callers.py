from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from benchmarks.errors import BenchmarkError
from benchmarks.serving.callers import Plan, Request, Traffic, carry_out


class Echo(BaseHTTPRequestHandler):
    """Answers with the status that the path names."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(int(self.path[1:]))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever).start()
        yield server.server_port
        server.shutdown()


def test_callers_make_as_many_calls_as_planned(port: int) -> None:
    traffic = carry_out(Plan(port, 4, 30, (Request("/200"),), calls=50))
    assert len(traffic.latencies) == 50


def test_an_answer_other_than_200_ends_the_measurement(port: int) -> None:
    with pytest.raises(BenchmarkError, match="status 503"):
        carry_out(Plan(port, 2, 30, (Request("/200"), Request("/503"))))


def test_a_quantile_is_of_the_answers_latencies() -> None:
    traffic = Traffic(2.0, [number / 1000 for number in range(101)])
    assert traffic.milliseconds(0.5) == pytest.approx(50)
    assert traffic.milliseconds(0.99) == pytest.approx(99)
    assert traffic.per_second == 50.5
