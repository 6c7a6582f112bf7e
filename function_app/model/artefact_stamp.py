"""Tell without reading it whether an artefact's folder holds something else by now."""

import os
from pathlib import Path

Stamp = tuple[tuple[str | int, ...], ...]


def stamp_of(directory: Path) -> Stamp:
    """Return what changes when a folder, or the link to it, is replaced or rewritten.

    Parameters
    ----------
    directory : Path
        Folder of an artefact, or a link to one.

    Returns
    -------
    tuple
        The folder behind the link, and each file's name, inode, size and time of
        change; empty where there is no folder.
    """
    try:
        folder = directory.resolve()
        with os.scandir(folder) as entries:
            files = sorted(
                (entry.name, status.st_ino, status.st_size, status.st_ctime_ns)
                for entry in entries
                if entry.is_file()
                for status in (entry.stat(),)
            )
    except OSError:
        return ()
    return ((str(folder),), *files)
