"""The program that the server calls for each finished file of its write-ahead log.

It stands alone, on the standard library, zstandard and pyrage, because the server's
user may not be able to reach the checkout: `archiving` copies it to where that user
can. It knows the public half of the key only. A file is in the archive when its
description is; the same file again changes nothing, and another file of the same name
is refused.
"""

import hashlib
import json
import os
import sys
from pathlib import Path

sys.path.insert(0, os.fspath(Path(__file__).parent))

import pyrage
import zstandard

_LEVEL = 1


def archive(source: Path, name: str, settings: Path) -> None:
    """Put one file of the log into the archive that the settings name.

    Raises
    ------
    OSError
        When it cannot be written; PostgreSQL then keeps the file and tries again.
    FileExistsError
        When the archive holds another file of that name.
    """
    wanted = json.loads(settings.read_bytes())
    directory, recipient = Path(wanted["directory"]), wanted["recipient"]
    if wanted["is_passing"] and not directory.is_dir():
        return
    content = source.read_bytes()
    plain_sha256 = hashlib.sha256(content).hexdigest()
    description = directory / f"{name}.json"
    if description.exists():
        if json.loads(description.read_bytes())["plain_sha256"] == plain_sha256:
            return
        raise FileExistsError(
            f"{directory} holds another {name}: does a second server write there?"
        )
    sealed = zstandard.ZstdCompressor(level=_LEVEL).compress(content)
    file = f"{name}.zst"
    if recipient:
        sealed = pyrage.encrypt(sealed, [pyrage.x25519.Recipient.from_str(recipient)])
        file += ".age"
    _write(directory / file, sealed)
    described = {
        "name": name,
        "file": file,
        "sha256": hashlib.sha256(sealed).hexdigest(),
        "plain_sha256": plain_sha256,
        "written_at": source.stat().st_mtime,
    }
    _write(description, json.dumps(described).encode())
    _synchronise(directory)


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_name(f"{path.name}.partial")
    temporary.unlink(missing_ok=True)
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        temporary.rename(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _synchronise(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def main() -> None:
    """Archive the file that the command line names, or say on stderr why not."""
    try:
        archive(
            Path(sys.argv[1]), sys.argv[2], Path(__file__).with_name("settings.json")
        )
    except OSError as error:
        sys.exit(f"archiver: {sys.argv[2]} is not archived: {error}")


if __name__ == "__main__":
    main()
