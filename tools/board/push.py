"""Bring a board up to the backlog: add what is absent, mend what differs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tools.board.azure_boards import AzureBoards, Present
from tools.board.backlog import WorkItem


@dataclass
class Outcome:
    """How many items were added, changed and left as they were."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0


def push(
    board: AzureBoards, items: list[WorkItem], say: Callable[[str], None], *, dry: bool
) -> Outcome:
    """Add and change items; nothing is ever removed, and states are people's own.

    Parameters
    ----------
    items
        Each after the one above it.
    say
        Told one line for each item that is added or changed.
    dry
        Only look and tell.
    """
    names = sorted({name for item in items for name in item.fields})
    present = board.present(names)
    outcome = Outcome()
    for item in items:
        here = present.get(item.tag)
        if here is None:
            outcome.added += 1
            say(f"add {item.kind}: {item.fields['System.Title']} [{item.tag}]")
            if not dry:
                parent = present[item.parent] if item.parent else None
                present[item.tag] = board.create(item, parent)
        elif differing := _differing(item, here):
            outcome.changed += 1
            say(f"change {', '.join(differing)} of {item.kind} {here.id} [{item.tag}]")
            if not dry:
                board.change(here, differing)
        else:
            outcome.unchanged += 1
    return outcome


def _differing(item: WorkItem, here: Present) -> dict[str, str | int]:
    return {
        name: value
        for name, value in item.fields.items()
        if here.fields.get(name) != value
    }
