"""What the advisor sees while a service is away, and how the page recovers."""

import contextlib
import json
import re
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, WebSocketRoute, expect

from database import connection_parameters
from database.passfile import read_passwords
from database.ports import free_port
from tests.bokeh_app.answers import a_model, a_score
from tests.browser.advisor import SETTLED, Advisor
from tests.browser.conftest import Dashboard

KEY = "a-key-for-this-test-only"


class ScoringStandIn(BaseHTTPRequestHandler):
    """Answers as agreed, so that a function can come back where none was."""

    def do_GET(self) -> None:
        if self.path.endswith("/model"):
            document = a_model()
        elif "/score?" in self.path:
            client_id = int(self.path.split("/clients/")[1].split("/")[0])
            document = a_score(client_id=client_id)
        else:
            self.send_error(503)
            return
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        pass


def test_without_the_scoring_function_the_rest_stands_and_it_recovers(
    page: Page, dashboard: Dashboard, clients: list[int]
) -> None:
    port = free_port()
    settings = {"SCORING_URL": f"http://127.0.0.1:{port}", "SCORING_API_KEY": KEY}
    with dashboard(**settings) as url:
        advisor = Advisor(page, url)
        advisor.visit(clients[0])
        message = page.locator("#problem-decision")
        expect(message).to_contain_text("Le service de décision ne répond pas")
        expect(message).to_contain_text("La page réessaie aussi d\u2019elle-même.")
        expect(page.locator(".decision__word")).to_have_count(0)
        awaiting = page.locator(".awaiting:visible")
        expect(awaiting).to_have_count(3)  # no part is left as an empty frame
        expect(advisor.see("client-facts")).to_contain_text("Montant demandé")
        expect(advisor.see("comparison-words")).not_to_be_empty()
        assert "Traceback" not in page.content()

        scoring = ThreadingHTTPServer(("127.0.0.1", port), ScoringStandIn)
        thread = threading.Thread(target=scoring.serve_forever)
        thread.start()
        try:
            # Nobody needs to press it: the page asks again by itself.
            expect(message.get_by_role("button", name="Réessayer")).to_be_visible()
            decided = page.locator(".decision__word")
            expect(decided).to_be_visible(timeout=30_000)
            advisor.expect_decision_word()
            expect(message).to_be_empty()
            expect(awaiting).to_have_count(0)
            # Only the score is back: what else it is asked fails calmly.
            advisor.settle()
            expect(page.locator("#problem-explanation")).to_contain_text(
                "ne répond pas"
            )
            expect(page.locator("#problem-act")).to_contain_text("ne répond pas")
            form = advisor.see("act-form")
            form.get_by_role("radio", name="Refuser").check()
            form.get_by_label("Motif").fill("Pièces absentes")
            form.get_by_role("button", name="Enregistrer ma décision").click()
            expect(advisor.see("act-message")).to_contain_text("Votre texte reste ici")
            expect(form.get_by_label("Motif")).to_have_value("Pièces absentes")
        finally:
            scoring.shutdown()
            scoring.server_close()
            thread.join()
        assert advisor.complaints == []


def test_without_the_database_no_other_client_is_shown_and_it_recovers(
    page: Page, dashboard: Dashboard, scoring_api: Any, clients: list[int]
) -> None:
    with DatabaseRoad() as road:
        settings = {
            "SCORING_URL": scoring_api.base_url,
            "SCORING_API_KEY": scoring_api.key,
            **road.environment,
        }
        with dashboard(**settings) as url:
            advisor = Advisor(page, url)
            advisor.visit(clients[0])
            advisor.expect_decision_word()

            road.cut()
            advisor.type_number(str(clients[1]))
            message = advisor.see("find-message")
            expect(message).to_contain_text("La base de données ne répond pas")
            expect(advisor.see("client-heading")).to_contain_text(str(clients[0]))
            page.get_by_role("radio", name="même profil").check()
            expect(page.locator("#problem-comparison")).to_contain_text(
                "La base de données ne répond pas"
            )
            assert "Traceback" not in page.content()
            assert advisor.complaints == []

            other = page.context.new_page()
            other.goto(url)
            expect(other.get_by_role("status")).to_contain_text("ne répond pas")
            road.mend()
            expect(other.locator("#client-number")).to_be_visible(timeout=30_000)
            # Who was asked for meanwhile is shown without being asked for again.
            heading = advisor.see("client-heading")
            expect(heading).to_contain_text(str(clients[1]), timeout=30_000)
            expect(message).to_be_empty()
            advisor.settle()
            advisor.expect_decision_word()


class DatabaseRoad:
    """A way to the warehouse that can be cut, and mended."""

    def __enter__(self) -> "DatabaseRoad":
        parameters = connection_parameters("advisor")
        self._house = (parameters["host"], int(parameters["port"]))
        self.port = free_port()
        passwords = read_passwords(Path(parameters["passfile"]))
        self.environment = {
            "PGHOST": self._house[0],
            "PGPORT": str(self.port),
            "PGPASSWORD": passwords["advisor"],
            "PGSSLMODE": "require",
        }
        self.mend()
        return self

    def __exit__(self, *_error: object) -> None:
        self.cut()

    def mend(self) -> None:
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._thread = threading.Thread(target=self._carry)
        self._thread.start()

    def cut(self) -> None:
        if self._thread.is_alive():
            self._listener.shutdown(socket.SHUT_RDWR)
            self._thread.join()
        for one in self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._open = []

    def _carry(self) -> None:
        with self._listener:
            while True:
                try:
                    near, _ = self._listener.accept()
                except OSError:
                    return
                far = socket.create_connection(self._house)
                self._open += [near, far]
                for way in ((near, far), (far, near)):
                    threading.Thread(target=pump, args=way, daemon=True).start()


def pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


def test_a_lost_connection_is_told_and_offers_to_reload(
    page: Page, dashboard: Dashboard, scoring_api: Any, clients: list[int]
) -> None:
    settings = {"SCORING_URL": scoring_api.base_url, "SCORING_API_KEY": scoring_api.key}
    with dashboard(**settings) as url:
        advisor = Advisor(page, url)
        advisor.visit(clients[0])
    expect(page.get_by_role("alert")).to_contain_text("La liaison")
    expect(page.get_by_role("link", name="Recharger")).to_be_visible()


def test_a_page_whose_socket_is_lost_before_its_first_word_loads_itself_again(
    page: Page, dashboard_url: str, clients: list[int]
) -> None:
    opened: list[str] = []

    def lose_the_first(socket: WebSocketRoute) -> None:
        opened.append(socket.url)
        if len(opened) == 1:
            socket.close()
        else:
            socket.connect_to_server()

    page.route_web_socket(re.compile("/bokeh_app/ws"), lose_the_first)
    page.goto(f"{dashboard_url}?client={clients[0]}")
    page.wait_for_function(SETTLED)
    expect(page.locator("#verdict")).not_to_be_empty()
    assert len(opened) == 2
