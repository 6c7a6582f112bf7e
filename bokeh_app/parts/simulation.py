"""Other requests, tried through the scoring function; nothing of it is kept."""

from __future__ import annotations

from typing import Any

from bokeh.plotting import figure

from bokeh_app.errors import DashboardError, InvalidRequestError
from bokeh_app.page.desk import Desk
from bokeh_app.sources.case_client import Advice, CreditRequest, Simulation
from bokeh_app.views.simulation import (
    FieldView,
    contradictions,
    read_values,
    view_advice,
    view_form,
    view_simulation,
)
from bokeh_app.views.values import ValueWriter

TRIED = "simulation-tried"
ADVICE = "advice"
LATER_REGIONS = (TRIED, ADVICE)
"""What is asked for only when the advisor wants it."""


class SimulationPart:
    """A form of what the client could ask for, and what would be decided.

    Parameters
    ----------
    desk : Desk
    """

    region = "simulation"
    roots: tuple[figure, ...] = ()

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._request: CreditRequest | None = None
        self._before: Simulation | None = None

    def load(self) -> None:
        """Load what the client shown asks for."""
        desk = self._desk
        client_id, services = desk.client_id(), desk.services
        self._request = self._before = None

        def question() -> tuple[CreditRequest, tuple[FieldView, ...]]:
            request = services.cases.request(client_id)
            return request, view_form(desk.writer(services.catalogue()), request)

        def deliver(reply: tuple[CreditRequest, tuple[FieldView, ...]]) -> None:
            self._request, fields = reply
            form = desk.fragments.render("simulation_form", fields=fields)
            desk.fill(
                self.region,
                {
                    "simulation-form": form,
                    "simulation-result": self._hint(),
                    "advice-result": "",
                },
            )

        desk.ask(self.region, question, deliver)

    def try_out(self, asked: dict[str, Any]) -> None:
        """Simulate the values of the form that differ from the client's own."""
        desk, request = self._desk, self._request
        if request is None:
            return
        desk.courier.forget(TRIED)  # values that have changed again by now
        values, faults = read_values(desk.texts, request, asked)
        if faults or not values:
            self._say_faults(request, faults)
            desk.outbox.put(
                fragments={"simulation-result": self._hint(bool(faults))},
                idle=[TRIED],
            )
            return
        client_id, services, before = desk.client_id(), desk.services, self._before
        language = desk.texts.language

        def question() -> tuple[ValueWriter, Simulation, Simulation]:
            after = services.cases.simulate(client_id, values, language)
            return (
                desk.writer(services.catalogue()),
                before or services.cases.simulate(client_id, {}, language),
                after,
            )

        def deliver(reply: tuple[ValueWriter, Simulation, Simulation]) -> None:
            writer, self._before, after = reply
            view = view_simulation(writer, self._before, after)
            self._say_faults(request, {})
            shown = desk.fragments.render("simulation_result", view=view)
            desk.fill(TRIED, {"simulation-result": shown}, announcement=view.verdict)

        desk.outbox.put(busy=[TRIED])
        desk.courier.ask(TRIED, question, deliver, self._tell_why_not)

    def advise(self) -> None:
        """Search what the client could ask for instead."""
        desk = self._desk
        client_id, services = desk.client_id(), desk.services
        language = desk.texts.language

        def deliver(advice: Advice) -> None:
            view = view_advice(desk.texts, advice)
            shown = desk.fragments.render("advice", view=view)
            desk.fill(ADVICE, {"advice-result": shown}, announcement=view.statement)

        desk.ask(ADVICE, lambda: services.cases.advice(client_id, language), deliver)

    def _tell_why_not(self, error: DashboardError) -> None:
        desk, request = self._desk, self._request
        if isinstance(error, InvalidRequestError) and request is not None:
            faults = contradictions(desk.texts, request, error.fields)
            self._say_faults(request, faults)
            desk.fill(TRIED, {"simulation-result": self._hint(is_wrong=True)})
            return
        message = desk.texts(error.text_key)
        problem = desk.fragments.render("problem", region=TRIED, message=message)
        desk.outbox.put(problems={TRIED: problem}, idle=[TRIED], announcement=message)

    def _say_faults(self, request: CreditRequest, faults: dict[str, str]) -> None:
        desk = self._desk
        said = {
            f"simulation-fault-{field.field}": desk.fragments.render(
                "plain", text=faults.get(field.field, "")
            )
            for field in request.fields
        }
        more = {"announcement": " ".join(faults.values())} if faults else {}
        desk.outbox.put(fragments=said, problems={TRIED: ""}, **more)

    def _hint(self, is_wrong: bool = False) -> str:
        return self._desk.fragments.render("simulation_hint", is_wrong=is_wrong)
