"""Who was champion when: a file of lines beside the versions, never rewritten."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from training.errors import RegistryError

HISTORY_FILE = "champions.jsonl"

Action = Literal["promote", "rollback"]


@dataclass(frozen=True, slots=True)
class Reign:
    """The moment at which a version became the champion.

    Attributes
    ----------
    at : str
        ISO 8601, UTC.
    action : {"promote", "rollback"}
    version : str
    previous : str or None
        The champion until then.
    reason : str
        What spoke for it.
    """

    at: str
    action: Action
    version: str
    previous: str | None
    reason: str


class ChampionHistory:
    """The lines of the history file.

    Parameters
    ----------
    models_dir : Path
    """

    def __init__(self, models_dir: Path) -> None:
        self._path = models_dir / HISTORY_FILE

    def reigns(self) -> list[Reign]:
        """Return all, oldest first.

        Raises
        ------
        RegistryError
            If a line cannot be read.
        """
        if not self._path.exists():
            return []
        try:
            lines = self._path.read_text().splitlines()
            return [Reign(**json.loads(line)) for line in lines]
        except (ValueError, TypeError) as error:
            raise RegistryError(f"{self._path} cannot be read: {error}") from error

    def before(self, champion: str | None) -> str | None:
        """Return whom a rollback of the champion would bring back, None if nobody."""
        line: list[str] = []
        for reign in self.reigns():
            if reign.previous is not None and line[-1:] != [reign.previous]:
                # Whoever came to reign without a line here reigned all the same.
                line.append(reign.previous)
            if reign.action == "rollback":
                line.pop()
            else:
                line.append(reign.version)
        if champion is not None and line[-1:] == [champion]:
            line.pop()
        return line[-1] if line else None

    def add(
        self, action: Action, version: str, previous: str | None, reason: str
    ) -> None:
        """Add a line, on the disk before this returns."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        reign = Reign(now, action, version, previous, reason)
        with self._path.open("a") as file:
            file.write(json.dumps(asdict(reign), ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let one program at a time change the champion."""
        with self._path.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
