"""A decision for a terminal."""

from typing import Any

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

_WORDS = {
    "fr": {
        "grant": "crédit accordé",
        "review": "à examiner par un conseiller",
        "refuse": "crédit refusé",
        "client": "Client",
        "points": "points",
        "rating": "classe",
        "probability": "probabilité de défaut",
        "threshold": "seuil",
        "model": "modèle",
        "decision": "décision",
        "against": "Contre",
        "in_favour": "Pour",
        "reason": "Raison",
    },
    "en": {
        "grant": "credit granted",
        "review": "to be reviewed by an advisor",
        "refuse": "credit refused",
        "client": "Client",
        "points": "points",
        "rating": "rating",
        "probability": "probability of default",
        "threshold": "threshold",
        "model": "model",
        "decision": "decision",
        "against": "Against",
        "in_favour": "In favour",
        "reason": "Reason",
    },
}
_STYLES = {"grant": "bold green", "review": "bold yellow", "refuse": "bold red"}


def decision_table(answer: dict[str, Any]) -> Group:
    """Return the answer of a score in its own language, reasons below the decision."""
    words = _WORDS[answer["language"]]
    decision = answer["decision"]
    heading = Text.assemble(
        f"{words['client']} {answer['client_id']} : ",
        (words[decision], _STYLES[decision]),
    )
    figures = (
        f"{answer['points']} {words['points']}, {words['rating']} {answer['rating']}, "
        f"{words['probability']} {answer['probability']:.1%}, "
        f"{words['threshold']} {answer['threshold']:.1%}"
    )
    parts = [heading, Text(figures)]
    shown = [*parts, _reasons(answer["reasons"], words)] if answer["reasons"] else parts
    origin = (
        f"{words['model']} {answer['model_version']}, "
        f"{words['decision']} {answer['decision_id']}"
    )
    return Group(*shown, Text(origin, style="dim"))


def _reasons(reasons: list[dict[str, Any]], words: dict[str, str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("")
    table.add_column(words["points"].capitalize(), justify="right")
    table.add_column(words["reason"])
    for reason in reasons:
        table.add_row(
            words[reason["direction"]],
            f"{reason['contribution']:+.0f}",
            Text(reason["sentence"]),
        )
    return table
