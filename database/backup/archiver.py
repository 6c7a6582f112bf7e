"""The program that the server calls for each finished file of its write-ahead log.

It stands alone, on the standard library, zstandard, pyrage and `signature`, because the
server's user may not be able to reach the checkout: `archiving` copies it to where that
user can. It knows the public half of the key only, and signs for its own log alone. A
file is in the archive when its description is; the same file again changes nothing
unless the keys have changed, and another file of the same name is refused.
"""

import hashlib
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, os.fspath(Path(__file__).parent))

import pyrage
import zstandard

from database.backup.signature import FIELD, KEY_FILE, SigningKey

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
    key = _signing_key(settings.with_name(KEY_FILE))
    content = source.read_bytes()
    plain_sha256 = hashlib.sha256(content).hexdigest()
    description = directory / f"{name}.json"
    if description.exists():
        known = json.loads(description.read_bytes())
        if known["plain_sha256"] != plain_sha256:
            raise FileExistsError(
                f"{directory} holds another {name}: does a second server write there?"
            )
        if _is_under(known, recipient, key):
            return
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
        "recipient": recipient,
        "written_at": source.stat().st_mtime,
    }
    if key:
        described[FIELD] = key.sign(described)
    _write(description, json.dumps(described).encode())
    _synchronise(directory)


def _signing_key(file: Path) -> SigningKey | None:
    return SigningKey(bytes.fromhex(file.read_text())) if file.exists() else None


def _is_under(
    known: Mapping[str, Any], recipient: str | None, key: SigningKey | None
) -> bool:
    """Tell whether a file in the archive can be read and checked with these keys."""
    is_signed = key is None or key.has_signed(known)
    return is_signed and known.get("recipient") == recipient


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
