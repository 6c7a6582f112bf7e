"""Another request tried: the form, and what it would change."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

from bokeh_app.sources.case_client import (
    Advice,
    ChoiceField,
    CreditRequest,
    FlagField,
    NumberField,
    Outcome,
    RequestField,
    Simulation,
    Value,
)
from bokeh_app.texts import Texts
from bokeh_app.texts.formats import round_to_total
from bokeh_app.views.values import ValueWriter

# A slider reaches so far around the client's own value; the field beside it further.
SLIDER_FROM, SLIDER_TO = 0.25, 2.0
SLIDER_STEPS = 200
# These are few enough to be slid over whole.
SLID_WHOLE = frozenset({"term_months", "employment_years"})
UNITS = {"term_months": "months", "employment_years": "years"}
CODE_SETS = {
    "contract_type": "contract_type",
    "education_level": "education_level",
    "housing_type": "housing_type",
}


@dataclass(frozen=True)
class Option:
    """One entry of a list."""

    value: str
    label: str
    is_current: bool


@dataclass(frozen=True)
class FieldView:
    """One field of the form.

    Attributes
    ----------
    kind : {"number", "list"}
    value : str
        What the client asks for, as the field holds it.
    low, high, step : float
        Of the slider.
    minimum, maximum : str
        Of the field.
    options : tuple of Option
        Of a list.
    """

    name: str
    kind: str
    label: str
    hint: str
    value: str = ""
    low: float = 0
    high: float = 0
    step: float = 1
    minimum: str = ""
    maximum: str = ""
    options: tuple[Option, ...] = ()


@dataclass(frozen=True)
class OutcomeView:
    """A decision in words and numbers."""

    kind: str
    sign: str
    word: str
    points: str
    rating: str
    risk: str


@dataclass(frozen=True)
class ChangeView:
    """A value before and after."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class ThemeChange:
    """By how many points a theme counts otherwise."""

    label: str
    points: str
    direction: str


@dataclass(frozen=True)
class SimulationView:
    """Before and after, side by side."""

    before: OutcomeView
    after: OutcomeView
    difference: str
    verdict: str
    changes: tuple[ChangeView, ...]
    themes: tuple[ThemeChange, ...]


@dataclass(frozen=True)
class ProposalView:
    """Another request that would be decided better; `values` are its JSON."""

    sentence: str
    kind: str
    sign: str
    word: str
    points: str
    values: str


@dataclass(frozen=True)
class AdviceView:
    """What could be asked for instead, if anything."""

    statement: str
    tried: str
    proposals: tuple[ProposalView, ...]


def view_form(writer: ValueWriter, request: CreditRequest) -> tuple[FieldView, ...]:
    """Lay out a field for everything that can be tried."""
    return tuple(_field(writer, field) for field in request.fields)


def read_values(
    texts: Texts, request: CreditRequest, given: Mapping[str, object]
) -> tuple[dict[str, Value], dict[str, str]]:
    """Read what the browser sent: values to try, and faults by field.

    Parameters
    ----------
    texts : Texts
    request : CreditRequest
    given : mapping of str to object
        By field; nothing of it is trusted, and what is no field is left out.
    """
    values: dict[str, Value] = {}
    faults: dict[str, str] = {}
    for field in request.fields:
        text = given.get(field.field)
        if not isinstance(text, str):
            continue
        if isinstance(field, NumberField):
            number = _number(text)
            if number is None:
                faults[field.field] = texts("simulation.fault_number")
            elif not field.minimum <= number <= field.maximum:
                faults[field.field] = texts(
                    "simulation.fault_range",
                    low=texts.format.number(field.minimum),
                    high=texts.format.number(field.maximum),
                )
            else:
                values[field.field] = number
        elif isinstance(field, FlagField):
            values[field.field] = text == "true"
        elif text in field.choices:
            values[field.field] = text
    return values, faults


def contradictions(
    texts: Texts, request: CreditRequest, fields: frozenset[str]
) -> dict[str, str]:
    """Say beside each field why the scoring function does not take its value."""
    months = next(
        (
            field
            for field in request.fields
            if isinstance(field, NumberField) and field.field == "term_months"
        ),
        None,
    )
    low, high = (months.minimum, months.maximum) if months else (0, 0)
    said = {
        "credit_amount": texts("simulation.fault_term", low=low, high=high)
        if months
        else texts("simulation.fault_repayment"),
        "employment_years": texts("simulation.fault_employment"),
        "term_months": texts("simulation.fault_no_term"),
    }
    said["annuity_amount"] = said["credit_amount"]
    other = texts("simulation.fault_other")
    return {name: said.get(name, other) for name in fields}


def view_simulation(
    writer: ValueWriter, before: Simulation, after: Simulation
) -> SimulationView:
    """Set a simulated request beside the client's own.

    Parameters
    ----------
    writer : ValueWriter
    before : Simulation
        Without any change.
    after : Simulation
    """
    texts = writer.texts
    points = after.points - before.points
    return SimulationView(
        before=_outcome(texts, before),
        after=_outcome(texts, after),
        difference=texts.plural(
            "simulation.difference",
            abs(points),
            points=texts.format.number(points, signed=True),
        ),
        verdict=_verdict(texts, before, after),
        changes=tuple(
            ChangeView(
                texts(f"simulation.field.{change.field}"),
                _value(writer, change.field, change.before),
                _value(writer, change.field, change.after),
            )
            for change in after.changes
            if f"simulation.field.{change.field}" in texts.entries
        ),
        themes=_themes(texts, before, after),
    )


def view_advice(texts: Texts, advice: Advice) -> AdviceView:
    """Say what could be asked for instead, or that nothing tried would help."""
    return AdviceView(
        statement=advice.statement,
        tried=texts.plural("simulation.tried", advice.tried),
        proposals=tuple(
            ProposalView(
                sentence=proposal.sentence,
                kind=proposal.decision,
                sign=texts(f"decision.{proposal.decision}.sign"),
                word=texts(f"decision.{proposal.decision}.word"),
                points=_points(texts, proposal.points),
                values=json.dumps(proposal.overrides),
            )
            for proposal in advice.advice
        ),
    )


def _field(writer: ValueWriter, field: RequestField) -> FieldView:
    texts, name = writer.texts, field.field
    label, hint = (
        texts(f"simulation.field.{name}"),
        texts.entries.get(f"simulation.hint.{name}", ""),
    )
    if isinstance(field, NumberField):
        low, high = _slider(field)
        return FieldView(
            name=name,
            kind="number",
            label=label,
            hint=hint,
            value=_plain(field.current, field),
            low=low,
            high=high,
            step=_step(high - low),
            minimum=_plain(field.minimum),
            maximum=_plain(field.maximum),
        )
    if isinstance(field, ChoiceField):
        options = [(code, writer.code(CODE_SETS[name], code)) for code in field.choices]
        if field.current is not None and field.current not in field.choices:
            options.append((field.current, writer.code(CODE_SETS[name], field.current)))
        current = field.current
    else:
        options = [(flag, texts(f"unit.flag.{word}")) for flag, word in _FLAGS]
        current = None if field.current is None else str(field.current).lower()
    if current is None:
        options.insert(0, ("", texts("client.missing")))
    return FieldView(
        name=name,
        kind="list",
        label=label,
        hint=hint,
        value=current or "",
        options=tuple(
            Option(value, text, value == (current or "")) for value, text in options
        ),
    )


_FLAGS = (("true", "yes"), ("false", "no"))


def _slider(field: NumberField) -> tuple[float, float]:
    if field.field in SLID_WHOLE:
        return field.minimum, field.maximum
    current = field.current or field.minimum
    step = _step(current * (SLIDER_TO - SLIDER_FROM))
    low = math.floor(current * SLIDER_FROM / step) * step
    high = math.ceil(current * SLIDER_TO / step) * step
    return max(low, field.minimum), max(min(high, field.maximum), field.minimum + step)


def _step(span: float) -> float:
    """Return about a two-hundredth of a span: 1, 2 or 5 times a power of ten."""
    wanted = max(span / SLIDER_STEPS, 1)
    power = 10.0 ** math.floor(math.log10(wanted))
    return next(power * n for n in (1, 2, 5, 10) if power * n >= wanted)


def _plain(value: float | None, field: NumberField | None = None) -> str:
    """Write a number as a field holds it."""
    if value is None:
        return ""
    decimals = 1 if field and field.field in SLID_WHOLE else 2
    return f"{value:.{decimals}f}".rstrip("0").rstrip(".")


def _number(text: str) -> float | None:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _outcome(texts: Texts, outcome: Outcome) -> OutcomeView:
    kind = outcome.decision
    return OutcomeView(
        kind=kind,
        sign=texts(f"decision.{kind}.sign"),
        word=texts(f"decision.{kind}.word"),
        points=_points(texts, outcome.points),
        rating=outcome.rating,
        risk=texts.format.share(outcome.probability, 1),
    )


def _points(texts: Texts, points: int) -> str:
    word = texts.plural("decision.points_word", points)
    return f"{texts.format.number(points)} {word}"


def _verdict(texts: Texts, before: Outcome, after: Outcome) -> str:
    if before.decision == after.decision:
        return texts(f"simulation.stays.{after.decision}")
    return texts(f"simulation.becomes.{after.decision}")


def _themes(
    texts: Texts, before: Simulation, after: Simulation
) -> tuple[ThemeChange, ...]:
    """Split the difference by theme, in whole points that add up to it."""
    were = {part.theme: part.points for part in before.contributions}
    moved = [
        (part.label, part.points - were.get(part.theme, 0.0))
        for part in after.contributions
    ]
    if not moved:
        return ()
    whole = round_to_total([m for _, m in moved], after.points - before.points)
    changed = [
        ThemeChange(
            label,
            texts.format.number(points, signed=True),
            "lowers" if points < 0 else "raises",
        )
        for (label, _), points in sorted(
            zip(moved, whole, strict=True), key=lambda pair: -abs(pair[1])
        )
        if points
    ]
    return tuple(changed)


def _value(writer: ValueWriter, name: str, value: Value) -> str:
    if value is None:
        return writer.texts("client.missing")
    if isinstance(value, bool):
        return writer.texts(f"unit.flag.{'yes' if value else 'no'}")
    if isinstance(value, str):
        return writer.code(CODE_SETS[name], value)
    return writer.number(UNITS.get(name, "amount"), value)
