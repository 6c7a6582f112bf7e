"""Features of all clients side by side, from `features.feature_block`.

Each row there holds one feature of a thousand clients as an array; unpacked together,
a few features of everybody are read without the hundreds of others.
"""

from __future__ import annotations

from collections.abc import Iterable

from psycopg2.sql import SQL, Composable, Identifier, Literal

from bokeh_app.queries.catalogue import Variable


def side_by_side(variables: Iterable[Variable]) -> Composable:
    """Return a query of `client_id`, `is_default` and one column per variable.

    Parameters
    ----------
    variables : iterable of Variable
        Each becomes a column of its own name; one named twice is one column.

    Returns
    -------
    Composable
        One row for every client; a value that is missing is null.
    """
    listed = list({variable.name: variable for variable in variables}.values())
    columns = [
        SQL("unnest({block}.{kind}) as {name}").format(
            block=_block(place),
            kind=SQL("numbers" if variable.is_numeric else "codes"),
            name=variable.column,
        )
        for place, variable in enumerate(listed)
    ]
    joins = [
        SQL(
            """
            inner join features.feature_block as {block}
                on
                    client_block.client_block = {block}.client_block
                    and {block}.feature_name = {name}
            """
        ).format(block=_block(place), name=Literal(variable.name))
        for place, variable in enumerate(listed)
    ]
    return SQL(
        """
        select
            unnest(client_block.client_ids) as client_id,
            unnest(client_block.outcomes) as is_default{columns}
        from features.client_block
        {joins}
        """
    ).format(
        columns=SQL("").join(SQL(", ") + column for column in columns),
        joins=SQL("").join(joins),
    )


def _block(place: int) -> Identifier:
    return Identifier(f"block_{place}")
