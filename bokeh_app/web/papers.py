"""Papers over HTTP, for people who are signed in; browsers keep none of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import date
from functools import partial
from urllib.parse import quote

from tornado.web import RequestHandler

from bokeh_app.access.gate import SignIn
from bokeh_app.access.pages import notice_page
from bokeh_app.errors import (
    DashboardError,
    InvalidRequestError,
    NotScoredError,
    or_none,
)
from bokeh_app.fragments import page_template
from bokeh_app.papers.case import Case, read_case
from bokeh_app.papers.letter import Letter, bank_of, write_letter
from bokeh_app.papers.pdf import as_pdf
from bokeh_app.papers.summary import Summary, Tried, write_summary
from bokeh_app.queries.profile import read_profile
from bokeh_app.services import Services, shared_services
from bokeh_app.settings import read_settings
from bokeh_app.texts import Texts, as_language, read_texts
from bokeh_app.views.client import ClientView, view_client
from bokeh_app.views.simulation import read_values
from bokeh_app.views.values import ValueWriter
from bokeh_app.web.headers import PAGE_HEADERS
from bokeh_app.web.sign_in import LOGIN_URL, get_user_async

DECISION_ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
LONGEST_VALUES = 2000
PAPER_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class PaperHandler(RequestHandler):
    """Asks who is there, writes down who saw whom, and answers a page or a PDF."""

    kind = ""

    def set_default_headers(self) -> None:
        """Keep the paper out of every cache, and let it load nothing else."""
        for name, value in PAGE_HEADERS.items():
            self.set_header(name, value)
        self.set_header("Content-Security-Policy", PAPER_POLICY)
        self.set_header("Referrer-Policy", "no-referrer")

    def write_paper(
        self, services: Services, texts: Texts, decision_id: str
    ) -> tuple[int, Letter | Summary]:
        """Return the client whom the paper is about, and the paper.

        Runs outside the server's own thread.
        """
        raise NotImplementedError

    async def respond(self, decision_id: str, ending: str) -> None:
        """Answer with the paper, or say calmly why not."""
        texts = read_texts(as_language(self.get_query_argument("lang", None)))
        sign_in: SignIn | None = await get_user_async(self)
        if sign_in is None:
            if not self._finished:
                address = quote(self.request.uri or "", safe="")
                self.redirect(f"{LOGIN_URL}?next={address}")
            return
        make = partial(self._make, sign_in, texts, decision_id, ending)
        try:
            content, name = await asyncio.get_running_loop().run_in_executor(
                shared_services().executor, make
            )
        except DashboardError as error:
            self._refuse(error, texts)
            return
        if ending:
            self.set_header("Content-Type", "application/pdf")
            self.set_header("Content-Disposition", f'inline; filename="{name}.pdf"')
        else:
            self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(content)

    def _make(
        self, sign_in: SignIn, texts: Texts, decision_id: str, ending: str
    ) -> tuple[bytes, str]:
        services = shared_services()
        client_id, paper = self.write_paper(services, texts, decision_id)
        services.door.views(sign_in).record("letter", [client_id])
        name = f"{self.kind}-{client_id}-{texts.language}"
        if ending:
            return as_pdf(paper), name
        page = page_template(f"papers/{self.kind}.html").render(
            t=texts,
            paper=paper,
            pdf=f"/papers/{self.kind}/{decision_id}.pdf?lang={texts.language}",
        )
        return page.encode(), name

    def _refuse(self, error: DashboardError, texts: Texts) -> None:
        is_unknown = isinstance(error, NotScoredError)
        self.set_status(404 if is_unknown else 503)
        key = "paper.unknown" if is_unknown else error.text_key
        self.finish(notice_page(key, texts.language))


class LetterHandler(PaperHandler):
    """The letter to the client."""

    kind = "letter"

    async def get(self, decision_id: str, ending: str) -> None:
        """Answer with the letter."""
        await self.respond(decision_id, ending)

    def write_paper(
        self, services: Services, texts: Texts, decision_id: str
    ) -> tuple[int, Letter]:
        """Write the letter about a decision."""
        case = read_case(services.cases, decision_id, texts.language)
        bank = bank_of(read_settings(), texts)
        return case.score.client_id, write_letter(texts, case, bank, date.today())


class SummaryHandler(PaperHandler):
    """The summary for the bank's file; what was simulated comes with the form."""

    kind = "summary"

    async def post(self, decision_id: str, ending: str) -> None:
        """Answer with the summary."""
        self.check_xsrf_cookie()
        await self.respond(decision_id, ending)

    def write_paper(
        self, services: Services, texts: Texts, decision_id: str
    ) -> tuple[int, Summary]:
        """Write the summary of a decision, with the simulation if there is one."""
        case = read_case(services.cases, decision_id, texts.language)
        writer = ValueWriter(texts, services.catalogue())
        values = _values(self.get_body_argument("values", "{}"))
        summary = write_summary(
            writer,
            case,
            bank_of(read_settings(), texts),
            date.today(),
            client=_client(services, writer, case),
            model=or_none(lambda: services.model(case.score.model_version)),
            tried=_tried(services, texts, case, values),
        )
        return case.score.client_id, summary


PATTERNS = [
    (rf"/papers/letter/({DECISION_ID})(\.pdf)?", LetterHandler),
    (rf"/papers/summary/({DECISION_ID})(\.pdf)?", SummaryHandler),
]


def _client(services: Services, writer: ValueWriter, case: Case) -> ClientView | None:
    profile = read_profile(services.warehouse, case.score.client_id)
    return view_client(writer, profile) if profile else None


def _values(text: str) -> Mapping[str, object]:
    try:
        values = json.loads(text[:LONGEST_VALUES])
    except ValueError:
        return {}
    return values if isinstance(values, dict) else {}


def _tried(
    services: Services, texts: Texts, case: Case, given: Mapping[str, object]
) -> Tried | None:
    """Simulate again what is on the screen; what cannot be simulated is left out."""
    if not given:
        return None
    client_id, cases = case.score.client_id, services.cases
    values, faults = read_values(texts, cases.request(client_id), given)
    if faults or not values:
        return None
    try:
        after = cases.simulate(client_id, values, texts.language)
    except InvalidRequestError:
        return None
    return Tried(cases.simulate(client_id, {}, texts.language), after)
