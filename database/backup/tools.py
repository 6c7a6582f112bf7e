"""PostgreSQL's client programs, with streams in place of files."""

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from database.connection import libpq_environment
from database.errors import BackupError
from database.settings import BACKUP_SECRETS


class ToolOutput:
    """What a program writes, readable to its end; the end fails if the program did."""

    def __init__(
        self,
        name: str,
        process: subprocess.Popen[bytes],
        stream: IO[bytes],
        messages: IO[str],
    ) -> None:
        self._name = name
        self._process = process
        self._stream = stream
        self._messages = messages

    def read(self, size: int = -1) -> bytes:
        """Return at most `size` bytes, none at the end.

        Raises
        ------
        BackupError
            At the end, when the program failed.
        """
        chunk = self._stream.read(size)
        if not chunk and size != 0 and self._process.wait() != 0:
            raise BackupError(f"{self._name} failed: {self.messages.strip()}")
        return chunk

    @property
    def messages(self) -> str:
        """What it has said on stderr."""
        self._messages.seek(0)
        return self._messages.read()


@contextlib.contextmanager
def output_of(
    command: Sequence[str | Path], parameters: Mapping[str, str]
) -> Iterator[ToolOutput]:
    """Run a client program and read what it writes, while it does.

    Parameters
    ----------
    command
        The program and its options. The connection goes by environment.
    parameters
        libpq keywords.
    """
    with tempfile.TemporaryFile("w+") as messages:
        process = subprocess.Popen(
            [os.fspath(word) for word in command],
            env=tool_environment(parameters),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=messages,
        )
        assert process.stdout is not None
        try:
            name = Path(command[0]).name
            yield ToolOutput(name, process, process.stdout, messages)
        finally:
            process.stdout.close()
            if process.poll() is None:
                process.kill()
            process.wait()


def run_tool(
    command: Sequence[str | Path],
    parameters: Mapping[str, str],
    source: IO[bytes] | None = None,
) -> str:
    """Run a client program to its end, fed from a stream if there is one.

    Raises
    ------
    BackupError
        With its message.
    """
    with tempfile.TemporaryFile("w+") as messages:
        process = subprocess.Popen(
            [os.fspath(word) for word in command],
            env=tool_environment(parameters),
            stdin=subprocess.DEVNULL if source is None else source,
            stdout=messages,
            stderr=messages,
        )
        code = process.wait()
        messages.seek(0)
        text = messages.read().strip()
    if code != 0:
        raise BackupError(f"{Path(command[0]).name} failed: {text}")
    return text


def tool_environment(parameters: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a client program: messages in English, and no key."""
    kept = {
        name: text for name, text in os.environ.items() if name not in BACKUP_SECRETS
    }
    return {**kept, "LC_ALL": "C", **libpq_environment(parameters)}
