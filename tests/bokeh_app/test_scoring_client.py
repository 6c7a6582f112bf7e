import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pydantic import SecretStr

from bokeh_app.access.door import open_door
from bokeh_app.errors import (
    DashboardError,
    InvalidRequestError,
    ModelReplacedError,
    NotScoredError,
    ScoringAnswerError,
    ScoringRefusedError,
    ScoringUnavailableError,
    WarehouseUnavailableError,
)
from bokeh_app.queries.population import Population
from bokeh_app.services import Services
from bokeh_app.settings import Settings
from bokeh_app.sources.scoring_client import KEY_HEADER, ScoringClient
from bokeh_app.sources.warehouse import Warehouse
from database.ports import free_port
from tests.bokeh_app.answers import a_model, a_score

KEY = SecretStr("a-key-for-this-test-only")


class Server(ThreadingHTTPServer):
    """Answers every request with what the test prepared, and keeps the headers."""

    status = 200
    body = b"{}"
    seen: dict[str, str]
    path = ""
    calls = 0


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.seen = dict(self.headers.items())
        self.server.path = self.path
        self.server.calls += 1
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_arguments: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    yield running
    running.shutdown()
    running.server_close()
    thread.join()


@pytest.fixture
def client(server: Server) -> Iterator[ScoringClient]:
    opened = ScoringClient(f"http://127.0.0.1:{server.server_port}/", KEY)
    yield opened
    opened.close()


@pytest.fixture
def services(client: ScoringClient) -> Iterator[Services]:
    def nowhere() -> Any:
        raise AssertionError("no question is for the database")

    warehouse = Warehouse(nowhere)
    door = open_door(Settings(scoring_api_key=KEY), warehouse, warehouse)
    with ThreadPoolExecutor(1) as executor:
        yield Services(client, warehouse, Population(warehouse), executor, door)


def test_a_client_looked_at_again_keeps_the_decision_and_its_number(
    services: Services, server: Server
) -> None:
    server.body = json.dumps(a_score()).encode()
    first = services.score(100002, "fr")
    server.body = json.dumps(a_score(decision_id="another")).encode()
    assert services.score(100002, "fr") == first
    assert server.calls == 1
    assert services.score(100002, "en").decision_id == "another"
    assert server.calls == 2


def test_a_decision_that_failed_is_asked_for_again(
    services: Services, server: Server
) -> None:
    server.status = 503
    with pytest.raises(ScoringUnavailableError):
        services.score(100002, "fr")
    server.status, server.body = 200, json.dumps(a_score()).encode()
    assert services.score(100002, "fr").points == 559


def test_another_model_s_card_is_not_shown_beside_a_decision(
    services: Services, server: Server
) -> None:
    server.body = json.dumps(a_model()).encode()
    with pytest.raises(ScoringAnswerError):
        services.model("an-earlier-one")
    assert services.model(a_model()["version"]).threshold == a_model()["threshold"]


def test_the_key_and_the_language_go_with_the_question(
    client: ScoringClient, server: Server
) -> None:
    server.body = json.dumps(a_score()).encode()
    score = client.score(100002, "en")
    assert score.points == 559
    assert server.path == "/api/v1/clients/100002/score?lang=en"
    assert server.seen[KEY_HEADER] == KEY.get_secret_value()


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, ScoringRefusedError),
        (403, ScoringRefusedError),
        (404, NotScoredError),
        (422, InvalidRequestError),
        (409, ModelReplacedError),
        (500, ScoringUnavailableError),
        (503, ScoringUnavailableError),
    ],
)
def test_each_problem_has_its_own_calm_message(
    client: ScoringClient, server: Server, status: int, error: type[DashboardError]
) -> None:
    server.status = status
    with pytest.raises(error):
        client.score(100002, "fr")


def test_a_function_without_its_database_is_told_like_the_rest_of_the_file(
    client: ScoringClient, server: Server
) -> None:
    server.status = 503
    server.body = json.dumps({"type": "/api/docs#database-unavailable"}).encode()
    with pytest.raises(ScoringUnavailableError) as caught:
        client.score(100002, "fr")
    assert caught.value.text_key == WarehouseUnavailableError.text_key


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"[]",
        b"{}",
        json.dumps(a_score(decision="maybe")).encode(),
        json.dumps(a_score(client_id=7)).encode(),
    ],
)
def test_an_answer_that_is_not_the_agreed_document_is_refused(
    client: ScoringClient, server: Server, body: bytes
) -> None:
    server.body = body
    with pytest.raises(ScoringAnswerError):
        client.score(100002, "fr")


def test_a_service_that_is_away_is_told_as_such() -> None:
    with (
        closing(ScoringClient(f"http://127.0.0.1:{free_port()}", KEY)) as client,
        pytest.raises(ScoringUnavailableError),
    ):
        client.score(100002, "fr")


def test_the_model_s_card_gives_the_rating_s_default_rate(
    client: ScoringClient, server: Server
) -> None:
    server.body = json.dumps(a_model()).encode()
    band = client.model().rating("D")
    assert band is not None
    assert band.default_rate == 0.21
    assert client.model().rating("Z") is None


def test_neither_key_nor_client_number_is_logged(
    client: ScoringClient, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.status = 500
    with pytest.raises(ScoringUnavailableError), caplog.at_level("WARNING"):
        client.score(100002, "fr")
    assert "500" in caplog.text
    assert "100002" not in caplog.text
    assert KEY.get_secret_value() not in caplog.text


def test_the_real_function_s_answers_are_understood(
    scoring_api: Any, some_client: int
) -> None:
    key = SecretStr(scoring_api.key)
    with closing(ScoringClient(scoring_api.base_url, key)) as client:
        score = client.score(some_client, "fr")
        total = score.base_points + sum(part.points for part in score.contributions)
        assert round(total) == score.points
        assert client.model().rating(score.rating) is not None
        with pytest.raises(NotScoredError):
            client.score(999_999_999, "fr")


def test_the_real_function_refuses_another_key(scoring_api: Any) -> None:
    key = SecretStr("another-key-altogether")
    with (
        closing(ScoringClient(scoring_api.base_url, key)) as client,
        pytest.raises(ScoringRefusedError),
    ):
        client.model()
