"""What the advisor has chosen in one session."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bokeh_app.queries.catalogue import Catalogue
from bokeh_app.queries.clients import ClientFilter, Place
from bokeh_app.queries.groups import Chosen, Group

# Where a first look at two variables starts, if the catalogue lists them.
FIRST_PAIR = ("application_age_years", "application_credit_amount")


@dataclass(frozen=True)
class Choice:
    """The client, the variables and the filter; empty where nothing is chosen yet.

    Attributes
    ----------
    cited : tuple of str
        Variables that the reasons for this client name, the strongest first.
    criteria : mapping of str to str
        By what a group of the advisor's own is chosen.
    decision_id : str
        Of the decision shown.
    """

    client_id: int | None = None
    decision_id: str = ""
    variable: str = ""
    group: Group = "all"
    criteria: Chosen = field(default_factory=dict)
    x: str = ""
    y: str = ""
    cited: tuple[str, ...] = ()
    wanted: ClientFilter = field(default_factory=ClientFilter)
    wanted_place: Place = field(default_factory=Place)

    def settled(self, catalogue: Catalogue) -> Choice:
        """Return the same choice with listed variables wherever none was chosen."""
        listed = catalogue.variables
        numeric = [name for name, one in listed.items() if one.is_numeric]
        if not numeric:
            return self
        cited = [name for name in self.cited if name in listed]

        def settle(chosen: str, *preferred: str) -> str:
            return next(
                name for name in (chosen, *preferred, *numeric) if name in listed
            )

        x, y = FIRST_PAIR
        return replace(
            self,
            variable=settle(self.variable, *cited),
            x=settle(self.x if self.x in numeric else "", x),
            y=settle(self.y if self.y in numeric else "", y, numeric[-1]),
        )
