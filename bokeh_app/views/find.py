"""The lists of clients found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bokeh_app.queries.clients import AGE_BANDS, INCOME_BANDS, Matches
from bokeh_app.queries.groups import CODE_CRITERIA
from bokeh_app.sources.warehouse import Row
from bokeh_app.views.values import ValueWriter, lower_first

Facets = Mapping[str, Mapping[str, int]]

CODE_SETS = ("contract_type", "income_type", "occupation")
DECISIONS = ("grant", "review", "refuse")
REGION_RATINGS = ("1", "2", "3")


@dataclass(frozen=True)
class VerdictView:
    """What the model would decide, by sign and word, and the rating."""

    kind: str
    sign: str
    word: str
    rating: str


@dataclass(frozen=True)
class MatchView:
    """A client found, in a few words."""

    client_id: int
    person: str
    request: str
    verdict: VerdictView | None


@dataclass(frozen=True)
class MatchesView:
    """The clients found, and the numbers from which the list goes on and back."""

    count: str
    clients: tuple[MatchView, ...]
    next_after: int | None
    previous_before: int | None


@dataclass(frozen=True)
class Choice:
    """An option of a list to choose from; one that finds nobody is not to be had."""

    code: str
    label: str
    is_empty: bool


def view_matches(writer: ValueWriter, matches: Matches, count: int) -> MatchesView:
    """Describe the clients found in a row each."""
    texts = writer.texts
    clients = tuple(
        MatchView(
            client_id=row["client_id"],
            person=", ".join(
                lower_first(part)
                for part in (
                    None
                    if row["age_years"] is None
                    else texts("client.age", years=int(row["age_years"])),
                    writer.code("income_type", row["income_type"]),
                    # Its labels are plurals: they cannot just follow the age.
                    row["occupation"]
                    and texts(
                        "find.with_occupation",
                        occupation=lower_first(
                            writer.code("occupation", row["occupation"])
                        ),
                    ),
                )
                if part
            ),
            request=f"{writer.code('contract_type', row['contract_type'])}, "
            f"{writer.amount(row['credit_amount'])}",
            verdict=_verdict(writer, row),
        )
        for row in matches.clients
    )
    return MatchesView(
        count=texts.plural("find.result_count", count),
        clients=clients,
        next_after=clients[-1].client_id if clients and matches.goes_on else None,
        previous_before=clients[0].client_id if clients and matches.goes_back else None,
    )


def filter_choices(
    writer: ValueWriter, facets: Facets, chosen: Mapping[str, str]
) -> dict[str, list[Choice]]:
    """Return the options of each filter, with the clients that each would find."""
    texts = writer.texts
    labels = _code_labels(writer, CODE_SETS) | {
        "age_band": _age_labels(writer),
        "income_band": {band: texts(f"filters.income.{band}") for band in INCOME_BANDS},
        "region_rating": {
            code: texts(f"filters.region.{code}") for code in REGION_RATINGS
        },
        "decision": {
            kind: f"{texts(f'decision.{kind}.sign')} {texts(f'decision.{kind}.word')}"
            for kind in DECISIONS
        },
        "rating": {code: code for code in sorted(facets.get("rating", {}))},
    }
    return {
        name: [
            _choice(writer, code, label, facets[name].get(code, 0), chosen[name])
            for code, label in options.items()
        ]
        for name, options in labels.items()
    }


def group_choices(writer: ValueWriter) -> dict[str, list[Choice]]:
    """Return the options of each criterion that a group may be chosen by."""
    labels = {"age_band": _age_labels(writer), **_code_labels(writer, CODE_CRITERIA)}
    return {
        name: [Choice(code, label, is_empty=False) for code, label in options.items()]
        for name, options in labels.items()
    }


def _age_labels(writer: ValueWriter) -> dict[str, str]:
    return {band: writer.texts(f"age_band.{band}") for band in AGE_BANDS}


def _code_labels(
    writer: ValueWriter, code_sets: Iterable[str]
) -> dict[str, dict[str, str]]:
    """Return the labels by code, in the order of the labels."""
    return {
        name: dict(
            sorted(
                (
                    (code, writer.code(name, code))
                    for code in writer.catalogue.codes(name)
                ),
                key=lambda option: option[1],
            )
        )
        for name in code_sets
    }


def _choice(
    writer: ValueWriter, code: str, label: str, count: int, chosen: str
) -> Choice:
    return Choice(
        code=code,
        label=f"{label} ({writer.texts.format.number(count)})",
        is_empty=count == 0 and code != chosen,
    )


def _verdict(writer: ValueWriter, row: Row) -> VerdictView | None:
    kind = row["decision"]
    if kind is None:
        return None
    texts = writer.texts
    return VerdictView(
        kind=kind,
        sign=texts(f"decision.{kind}.sign"),
        word=texts(f"decision.{kind}.word"),
        rating=row["rating"],
    )
