"""The lists of clients found."""

from __future__ import annotations

from dataclasses import dataclass

from bokeh_app.queries.clients import AGE_BANDS, Matches
from bokeh_app.views.values import ValueWriter, lower_first

FILTER_CODE_SETS = (
    "contract_type",
    "income_type",
    "occupation",
    "education_level",
    "family_status",
    "housing_type",
)


@dataclass(frozen=True)
class MatchView:
    """A client found, in a few words."""

    client_id: int
    person: str
    request: str


@dataclass(frozen=True)
class MatchesView:
    """The clients found; `next_after` continues the list where it goes on."""

    count: str
    clients: tuple[MatchView, ...]
    next_after: int | None


@dataclass(frozen=True)
class Choice:
    """An option of a list to choose from."""

    code: str
    label: str


def view_matches(writer: ValueWriter, matches: Matches) -> MatchesView:
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
        )
        for row in matches.clients
    )
    return MatchesView(
        count=texts.plural("find.result_count", matches.count),
        clients=clients,
        next_after=clients[-1].client_id if matches.goes_on else None,
    )


def filter_choices(writer: ValueWriter) -> dict[str, list[Choice]]:
    """Return the options of each filter, by label."""
    choices = {
        name: sorted(
            (
                Choice(code, writer.code(name, code))
                for code in writer.catalogue.codes(name)
            ),
            key=lambda choice: choice.label,
        )
        for name in FILTER_CODE_SETS
    }
    choices["age_band"] = [
        Choice(band, writer.texts(f"age_band.{band}")) for band in AGE_BANDS
    ]
    return choices
