import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Queue

import pytest

from bokeh_app.errors import DashboardError, NotScoredError
from bokeh_app.page.courier import Courier


class Document:
    """Keeps the callbacks of the next tick until the test runs them."""

    def __init__(self) -> None:
        self.callbacks: Queue[Callable[[], None]] = Queue()

    def add_next_tick_callback(self, callback: Callable[[], None]) -> None:
        self.callbacks.put(callback)

    def tick(self) -> None:
        self.callbacks.get(timeout=5)()


@pytest.fixture
def document() -> Document:
    return Document()


@pytest.fixture
def courier(document: Document) -> Iterator[Courier]:
    with ThreadPoolExecutor(2) as executor:
        yield Courier(document, executor)


def refuse(error: DashboardError) -> None:
    raise AssertionError(error)


def test_a_reply_is_delivered_in_the_document_s_own_tick(
    courier: Courier, document: Document
) -> None:
    delivered: list[int] = []
    courier.ask("client", lambda: 42, delivered.append, refuse)
    assert delivered == []
    document.tick()
    assert delivered == [42]


def test_a_reply_for_what_is_no_longer_asked_is_dropped(
    courier: Courier, document: Document
) -> None:
    delivered: list[str] = []
    may_answer: Future[str] = Future()
    courier.ask("client", may_answer.result, delivered.append, refuse)
    courier.ask("client", lambda: "second", delivered.append, refuse)
    document.tick()
    may_answer.set_result("first")
    document.tick()
    assert delivered == ["second"]


def test_a_forgotten_region_takes_no_reply(
    courier: Courier, document: Document
) -> None:
    delivered: list[int] = []
    courier.ask("client", lambda: 1, delivered.append, refuse)
    reply = document.callbacks.get(timeout=5)
    courier.forget("client")
    courier.ask("decision", lambda: 2, delivered.append, refuse)
    reply()
    document.tick()
    assert delivered == [2]


def test_a_known_failure_reaches_the_part_that_asked(
    courier: Courier, document: Document
) -> None:
    failures: list[DashboardError] = []

    def question() -> int:
        raise NotScoredError

    courier.ask("decision", question, lambda _reply: None, failures.append)
    document.tick()
    assert [type(failure) for failure in failures] == [NotScoredError]


def test_an_unexpected_failure_is_logged_without_its_data(
    courier: Courier, document: Document, caplog: pytest.LogCaptureFixture
) -> None:
    failures: list[DashboardError] = []

    def question() -> int:
        raise ValueError("income of client 100002 is 202500")

    with caplog.at_level(logging.ERROR):
        courier.ask("client", question, lambda _reply: None, failures.append)
        document.tick()
    assert failures[0].text_key == "problem.unexpected"
    assert "ValueError" in caplog.text
    assert "202500" not in caplog.text


def test_a_closed_session_gets_nothing(courier: Courier, document: Document) -> None:
    delivered: list[int] = []
    may_answer: Future[int] = Future()
    courier.ask("client", may_answer.result, delivered.append, refuse)
    courier.close()
    may_answer.set_result(1)
    assert delivered == []
    assert document.callbacks.empty()
