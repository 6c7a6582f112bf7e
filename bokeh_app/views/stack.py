"""One bar of counts on top of each other."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stack:
    """A bar's place and name, and the count of each kind from the ground up."""

    left: float
    right: float
    label: str
    counts: tuple[int, ...]
