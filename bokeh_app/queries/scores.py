"""All clients' scores, counted: where one of them stands, and how all are spread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bokeh_app.sources.warehouse import Warehouse


@dataclass(frozen=True)
class ScoreCell:
    """How many clients have so many points, with the decision that goes with them."""

    points: int
    rating: str
    decision: str
    client_count: int


@dataclass(frozen=True)
class ScoreSpread:
    """The scores of all clients by one model.

    Attributes
    ----------
    cells : tuple of ScoreCell
        By points, the fewest first.
    """

    model_version: str
    scored_at: datetime
    cells: tuple[ScoreCell, ...]

    @property
    def client_count(self) -> int:
        """All clients."""
        return sum(cell.client_count for cell in self.cells)

    def share_below(self, points: int) -> float:
        """Return the share of clients with fewer points."""
        below = sum(cell.client_count for cell in self.cells if cell.points < points)
        return below / self.client_count


def read_spread(warehouse: Warehouse, model_version: str) -> ScoreSpread | None:
    """Count all clients' scores; None where another model gave them, or none has."""
    rows = warehouse.rows(
        """
        select
            points,
            rating,
            decision,
            count(*) as client_count,
            max(scored_at) as scored_at
        from ops.client_score
        where model_version = %(model_version)s
        group by points, rating, decision
        order by points, rating, decision
        """,
        {"model_version": model_version},
    )
    if not rows:
        return None
    scored_at = max(row.pop("scored_at") for row in rows)
    cells = tuple(ScoreCell(**row) for row in rows)
    return ScoreSpread(model_version, scored_at, cells)
