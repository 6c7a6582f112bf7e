"""The person who is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["advisor", "manager"]


@dataclass(frozen=True)
class User:
    """Who sits at the dashboard.

    Attributes
    ----------
    login : str
        What they sign in with, and what logs call them.
    name : str
        As the page and letters write it.
    role : {"advisor", "manager"}
        A manager also sees the portfolio.
    """

    login: str
    name: str
    role: Role
