"""Who saw which client's data, written before it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bokeh_app.access.gate import SignIn
from bokeh_app.sources.warehouse import Warehouse

What = Literal["listed", "opened", "letter", "export"]

_INSERT = """
    insert into ops.client_view (login, sign_in_id, client_id, what)
    select %(login)s, %(sign_in_id)s::uuid, client_id, %(what)s
    from unnest(%(client_ids)s::bigint[]) as client_id
    returning true as is_written
"""


@dataclass(frozen=True)
class ClientViews:
    """Adds to `ops.client_view`, for one sign-in.

    Parameters
    ----------
    writing : Warehouse
        With the right to add rows.
    sign_in : SignIn
        Whoever sees.
    """

    writing: Warehouse
    sign_in: SignIn

    def record(self, what: What, client_ids: Sequence[int]) -> None:
        """Write down that these clients' data are about to be shown.

        Asks the database: call it in a question, outside the document's lock, and
        show nothing when it fails.

        Raises
        ------
        DashboardError
            If the database is away.
        """
        self.writing.rows(
            _INSERT,
            {
                "login": self.sign_in.user.login,
                "sign_in_id": self.sign_in.sign_in_id,
                "client_ids": list(client_ids),
                "what": what,
            },
        )
