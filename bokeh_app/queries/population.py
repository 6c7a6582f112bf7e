"""What is asked of all clients or of a group of them, and remembered for a while."""

from __future__ import annotations

from bokeh_app.queries.catalogue import Catalogue, Variable
from bokeh_app.queries.density import Density, count_density
from bokeh_app.queries.distribution import (
    Category,
    Distribution,
    Standing,
    count_categories,
    count_distribution,
    count_standing,
)
from bokeh_app.queries.groups import (
    Chosen,
    Group,
    Members,
    chosen_criteria,
    own_values,
    same_profile,
)
from bokeh_app.queries.similar import Neighbours
from bokeh_app.queries.typical import TypicalValues
from bokeh_app.sources.memory import TimedMemory
from bokeh_app.sources.warehouse import Warehouse

MEMORY_SECONDS = 600.0

Counted = Distribution | tuple[Category, ...] | None


class Population:
    """Counts over all clients or a group of them.

    What several clients and sessions share is remembered for ten minutes.

    Parameters
    ----------
    warehouse : Warehouse

    Attributes
    ----------
    typical : TypicalValues
    """

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self.typical = TypicalValues(warehouse)
        self._neighbours = Neighbours(warehouse)
        self._counted: TimedMemory[Counted] = TimedMemory(MEMORY_SECONDS, 400)
        self._densities: TimedMemory[Density | None] = TimedMemory(MEMORY_SECONDS, 60)

    def members(
        self, catalogue: Catalogue, group: Group, client_id: int, chosen: Chosen
    ) -> Members:
        """Return whom a group holds.

        Parameters
        ----------
        catalogue : Catalogue
        group : {"all", "profile", "chosen", "similar"}
        client_id : int
            Whose profile and neighbours are meant.
        chosen : mapping of str to str
            By what the advisor chose a group, used for "chosen" alone.
        """
        if group == "similar":
            return Members(client_ids=self._neighbours.of(catalogue, client_id))
        if group == "profile":
            return Members(same_profile(self._warehouse, catalogue, client_id))
        if group == "chosen":
            return Members(chosen_criteria(catalogue, chosen))
        return Members()

    def value(self, variable: Variable, client_id: int) -> float | str | None:
        """Return a client's value, exactly as it is stored."""
        return own_values(self._warehouse, [variable], client_id)[variable.name]

    def standing(
        self, variable: Variable, members: Members, client_id: int
    ) -> Standing:
        """Return a client's value and how many of a group lie below and level."""
        value = self.value(variable, client_id)
        return count_standing(self._warehouse, variable, members, value)

    def counted(self, variable: Variable, members: Members) -> Counted:
        """Return a group's counts by value, as the variable's type asks for."""
        count = count_distribution if variable.is_numeric else count_categories
        return self._counted.get(
            (variable.name, members),
            lambda: count(self._warehouse, variable, members),
        )

    def density(self, x: Variable, y: Variable) -> Density | None:
        """Return all clients counted over two numeric variables."""
        return self._densities.get((x.name, y.name), lambda: self._density(x, y))

    def position(
        self, x: Variable, y: Variable, client_id: int
    ) -> tuple[float | None, float | None]:
        """Return a client's values of two numeric variables."""
        own = own_values(self._warehouse, [x, y], client_id)
        across, along = own[x.name], own[y.name]
        return (
            None if across is None else float(across),
            None if along is None else float(along),
        )

    def _density(self, x: Variable, y: Variable) -> Density | None:
        across, along = (self.counted(one, Members()) for one in (x, y))
        if not isinstance(across, Distribution) or not isinstance(along, Distribution):
            return None
        return count_density(self._warehouse, x, y, across, along)
