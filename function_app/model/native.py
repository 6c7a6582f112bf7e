"""The OpenMP runtime that LightGBM's wheel expects of the machine.

Images of the Functions host have lacked it; the package brings one for that case.
"""

import ctypes
from pathlib import Path

OPENMP = "libgomp.so.1"


def load_openmp(brought: Path, of_the_machine: str = OPENMP) -> bool:
    """Load the runtime, the machine's own or else the one that was brought.

    Loaded under its name, it is found by every library that is loaded later.

    Parameters
    ----------
    brought : Path
        A file that need not exist.
    of_the_machine : str
        Name that the machine's loader may know.

    Returns
    -------
    bool
        Whether there is one. Where there is none, LightGBM says so by itself.
    """
    for library in (of_the_machine, str(brought)):
        try:
            ctypes.CDLL(library, mode=ctypes.RTLD_GLOBAL)
        except OSError:
            continue
        return True
    return False
