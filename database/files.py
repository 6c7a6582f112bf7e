"""Writing files whole, with their owner and mode, or not at all."""

import os
from pathlib import Path

from database.account import Account


def write_file(
    path: Path, content: str | bytes, mode: int, account: Account | None = None
) -> None:
    """Replace a file in one step.

    The folder may belong to the server's user while root writes: nothing that user
    puts there, such as a link, is ever followed.

    Parameters
    ----------
    path
        The file.
    content
        Its whole content; text is written as UTF-8.
    mode
        Its permissions, whatever the umask.
    account
        Its owner. None: the present user, but root leaves it to the folder's owner,
        who must still be able to read it afterwards.
    """
    data = content.encode() if isinstance(content, str) else content
    temporary = path.with_name(f"{path.name}.new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(descriptor, mode)
            if os.geteuid() == 0:
                os.fchown(descriptor, *_identity(path, account))
            os.fsync(descriptor)
        temporary.replace(path)
        _synchronise(path.parent)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _synchronise(folder: Path) -> None:
    """Make a file's new name outlive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _identity(path: Path, account: Account | None) -> tuple[int, int]:
    if account is not None:
        return account.uid, account.gid
    folder = path.parent.stat()
    return folder.st_uid, folder.st_gid
