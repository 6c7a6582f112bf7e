"""What the commands print, and where: results and steps out, errors on stderr."""

from rich.console import Console
from rich.markup import escape

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def report(line: str) -> None:
    """Print one step of a command."""
    out.print(f"[cyan]•[/] {escape(line)}")
