"""``python -m function_app score``: ask a running function, as any system does."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from function_app.commands.errors import one_line_errors


class Language(StrEnum):
    """Of the answer's words."""

    FR = "fr"
    EN = "en"


def score(
    client_id: Annotated[int, typer.Argument(min=1, help="The client's number.")],
    lang: Annotated[Language, typer.Option(help="Of the answer.")] = Language.FR,
    explain: Annotated[
        bool, typer.Option(help="Ask for the reasons, which take a little longer.")
    ] = True,
) -> None:
    """Show what the function at SCORING_URL decides for a client, and why.

    The decision is logged like every other. Needs SCORING_API_KEY. Ends with exit code
    1 and one line when there is no answer.
    """
    from rich.console import Console

    from function_app.commands.caller import asked
    from function_app.commands.decision_table import decision_table
    from function_app.settings import CallerSettings, load

    with one_line_errors():
        answer: dict[str, Any] = asked(
            load(CallerSettings), client_id, lang.value, explain=explain
        )
    Console().print(decision_table(answer))
