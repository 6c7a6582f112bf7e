"""What the advisor sees while a service is away, and how the page recovers."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from playwright.sync_api import Page, expect

from tests.bokeh_app.answers import a_model, a_score
from tests.browser.advisor import Advisor
from tests.browser.conftest import Dashboard
from tests.running import free_port

KEY = "a-key-for-this-test-only"


class ScoringStandIn(BaseHTTPRequestHandler):
    """Answers as agreed, so that a function can come back where none was."""

    def do_GET(self) -> None:
        if self.path.endswith("/model"):
            document = a_model()
        else:
            client_id = int(self.path.split("/clients/")[1].split("/")[0])
            document = a_score(client_id=client_id)
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
        expect(page.locator(".decision__word")).to_have_count(0)
        expect(advisor.see("client-facts")).to_contain_text("Montant demandé")
        expect(advisor.see("comparison-words")).not_to_be_empty()
        assert "Traceback" not in page.content()

        scoring = ThreadingHTTPServer(("127.0.0.1", port), ScoringStandIn)
        thread = threading.Thread(target=scoring.serve_forever)
        thread.start()
        try:
            message.get_by_role("button", name="Réessayer").click()
            advisor.expect_decision_word()
            expect(message).to_be_empty()
        finally:
            scoring.shutdown()
            scoring.server_close()
            thread.join()
        assert advisor.complaints == []


def test_without_the_database_the_decision_still_stands(
    page: Page, dashboard: Dashboard, scoring_api: Any, clients: list[int]
) -> None:
    nowhere = {"PGHOST": "127.0.0.1", "PGPORT": str(free_port()), "PGUSER": "advisor"}
    settings = {"SCORING_URL": scoring_api.base_url, "SCORING_API_KEY": scoring_api.key}
    with dashboard(**settings, **nowhere) as url:
        advisor = Advisor(page, url)
        advisor.visit(clients[0])
        advisor.expect_decision_word()
        for region in ("client", "comparison", "density", "history"):
            expect(page.locator(f"#problem-{region}")).to_contain_text(
                "La base de données ne répond pas"
            )
        assert "Traceback" not in page.content()
        assert advisor.complaints == []


def test_a_lost_connection_is_told_and_offers_to_reload(
    page: Page, dashboard: Dashboard, scoring_api: Any, clients: list[int]
) -> None:
    settings = {"SCORING_URL": scoring_api.base_url, "SCORING_API_KEY": scoring_api.key}
    with dashboard(**settings) as url:
        advisor = Advisor(page, url)
        advisor.visit(clients[0])
    expect(page.get_by_role("alert")).to_contain_text("La liaison")
    expect(page.get_by_role("link", name="Recharger")).to_be_visible()
