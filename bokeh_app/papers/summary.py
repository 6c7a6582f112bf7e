"""The page that an advisor puts into the bank's own file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bokeh_app.papers.case import Case
from bokeh_app.papers.letter import Bank, long_date
from bokeh_app.sources.case_client import Simulation
from bokeh_app.sources.scoring_client import ModelCard, Score
from bokeh_app.texts import Texts
from bokeh_app.views.client import ClientView
from bokeh_app.views.decision import DecisionView, view_decision
from bokeh_app.views.reasons import view_reasons, view_waterfall
from bokeh_app.views.review import view_reviews
from bokeh_app.views.simulation import SimulationView, view_simulation
from bokeh_app.views.values import ValueWriter

LATEST_REVIEWS = 2
LONGEST_MOTIVE = 240
"""Of a motive on this page: the whole of it is in the log."""

Pair = tuple[str, str]


@dataclass(frozen=True)
class Tried:
    """A simulation that was on the screen, before and after."""

    before: Simulation
    after: Simulation


@dataclass(frozen=True)
class Reviewed:
    """What an advisor decided."""

    verdict: str
    who_when: str
    motive: str


@dataclass(frozen=True)
class ScaleMarks:
    """The bullet scale in shares of its width, from 0 to 1."""

    low: str
    high: str
    threshold: str
    bands: tuple[tuple[str, float, float], ...]
    threshold_at: float
    client_at: float
    text: str


@dataclass(frozen=True)
class TrialWords:
    """A simulation in words."""

    verdict: str
    changes: tuple[tuple[str, str, str], ...]
    outcomes: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Summary:
    """One page, in words that are ready to print."""

    language: str
    title: str
    confidential: str
    bank: Bank
    subtitle: str
    kind: str
    sign: str
    verdict: str
    facts: tuple[Pair, ...]
    scale: ScaleMarks | None
    against_title: str
    against: tuple[str, ...]
    in_favour_title: str
    in_favour: tuple[str, ...]
    none: str
    contributions_title: str
    contributions: tuple[tuple[str, str, float], ...]
    client_title: str
    client: tuple[tuple[str, tuple[Pair, ...]], ...]
    reviews_title: str
    reviews: tuple[Reviewed, ...]
    reviews_none: str
    trial_title: str
    trial: TrialWords | None
    references: tuple[Pair, ...]


def write_summary(
    writer: ValueWriter,
    case: Case,
    bank: Bank,
    today: date,
    *,
    client: ClientView | None,
    model: ModelCard | None,
    tried: Tried | None,
) -> Summary:
    """Put all that the advisor saw on one page.

    Parameters
    ----------
    writer : ValueWriter
    case : Case
    bank : Bank
    today : date
    client : ClientView or None
        None where the database does not know the client.
    model : ModelCard or None
        None where another model is served by now.
    tried : Tried or None
        The simulation on the screen.
    """
    texts = writer.texts
    decision = view_decision(texts, case.score, model)
    reasons = view_reasons(
        texts, case.score.model_copy(update={"reasons": case.reasons})
    )
    return Summary(
        language=texts.language,
        title=texts("summary.title", client=case.score.client_id),
        confidential=texts("summary.confidential"),
        bank=bank,
        subtitle=texts("summary.subtitle", date=long_date(texts, today)),
        kind=decision.kind,
        sign=decision.sign,
        verdict=decision.word,
        facts=_facts(texts, case.score, decision),
        scale=_marks(texts, decision),
        against_title=texts("reasons.against"),
        against=tuple(one.sentence for one in reasons.against),
        in_favour_title=texts("reasons.in_favour"),
        in_favour=tuple(one.sentence for one in reasons.in_favour),
        none=texts("summary.none"),
        contributions_title=texts("reasons.table_caption"),
        contributions=_contributions(texts, case),
        client_title=texts("section.client"),
        client=_client(texts, client),
        reviews_title=texts("act.reviews"),
        reviews=_reviews(texts, case),
        reviews_none=texts("act.none"),
        trial_title=texts("summary.trial"),
        trial=_trial(texts, view_simulation(writer, tried.before, tried.after))
        if tried
        else None,
        references=(
            (texts("letter.reference.decision"), case.score.decision_id),
            (texts("letter.reference.model"), case.score.model_version),
        ),
    )


def _facts(texts: Texts, score: Score, decision: DecisionView) -> tuple[Pair, ...]:
    return (
        (
            texts("simulation.score"),
            f"{decision.points} {decision.points_word}, {decision.distance}",
        ),
        (
            texts("simulation.rating"),
            " ".join((decision.rating_name + ".", decision.rating_rate or "")).strip(),
        ),
        (
            texts("simulation.risk"),
            texts(
                "summary.risk",
                probability=texts.format.share(score.probability, 1),
                threshold=texts.format.share(score.threshold, 1),
            ),
        ),
        (texts("summary.decided"), decision.reference),
    )


def _marks(texts: Texts, decision: DecisionView) -> ScaleMarks | None:
    scale = decision.scale
    if scale is None:
        return None
    return ScaleMarks(
        low=texts.format.number(scale.low),
        high=texts.format.number(scale.high),
        threshold=texts("decision.threshold", points=scale.threshold),
        bands=tuple(
            (band.label, band.left / 100, band.width / 100) for band in scale.bands
        ),
        threshold_at=scale.threshold_left / 100,
        client_at=scale.client_left / 100,
        text=scale.text,
    )


def _contributions(texts: Texts, case: Case) -> tuple[tuple[str, str, float], ...]:
    """Return each theme with its points, and these as a share of the largest."""
    waterfall = view_waterfall(texts, case.score)
    most = max((abs(step.points) for step in waterfall.steps), default=0) or 1
    return (
        (texts("reasons.start"), waterfall.start_text, 0.0),
        *((s.label, s.points_text, s.points / most) for s in waterfall.steps),
        (texts("reasons.end"), waterfall.end_text, 0.0),
    )


def _client(
    texts: Texts, view: ClientView | None
) -> tuple[tuple[str, tuple[Pair, ...]], ...]:
    if view is None:
        return ()
    return tuple(
        (
            group.title,
            tuple(
                (fact.label, fact.value or texts("client.missing"))
                for fact in group.facts
            ),
        )
        for group in view.groups
    )


def _reviews(texts: Texts, case: Case) -> tuple[Reviewed, ...]:
    latest = case.reviews[-LATEST_REVIEWS:]
    return tuple(
        Reviewed(one.word, one.who_when, _shortened(one.motive))
        for one in view_reviews(texts, latest, case.score.decision_id)
    )


def _shortened(motive: str) -> str:
    text = " ".join(motive.split())
    return text if len(text) <= LONGEST_MOTIVE else text[: LONGEST_MOTIVE - 1] + "…"


def _trial(texts: Texts, view: SimulationView) -> TrialWords:
    return TrialWords(
        verdict=f"{view.verdict} {view.difference}",
        changes=tuple((one.label, one.before, one.after) for one in view.changes),
        outcomes=tuple(
            (texts(f"simulation.{name}"), f"{one.word}, {one.points}")
            for name, one in (("before", view.before), ("after", view.after))
        ),
    )
