"""What the server wrote to its log since a moment, for error messages."""

import contextlib
from pathlib import Path

TAIL_LINES = 15

LogMark = dict[Path, int]
"""Size of each log file at some moment, in bytes."""


def mark(log: Path) -> LogMark:
    """Remember how much each log file holds now."""
    sizes: LogMark = {}
    with contextlib.suppress(OSError):
        for path in log.iterdir():
            sizes[path] = path.stat().st_size
    return sizes


def written_since(log: Path, before: LogMark) -> str:
    """Return what was added to the log files since a mark, oldest file first."""
    parts = []
    with contextlib.suppress(OSError):
        for path in sorted(log.iterdir(), key=lambda path: path.stat().st_mtime):
            content = path.read_bytes()
            start = before.get(path, 0)
            parts.append(content[start if start <= len(content) else 0 :])
    return b"".join(parts).decode(errors="replace")


def tail(text: str) -> str:
    """Return the last lines of a text, indented."""
    return "\n".join(f"  {line}" for line in text.splitlines()[-TAIL_LINES:])
