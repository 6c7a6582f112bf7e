"""A free port on the loopback address."""

import random
import socket

from database.errors import ServerError
from database.warehouse import HOST

_RANGE = range(20000, 30000)
"""Below the ports that systems hand out to outgoing connections."""

_ATTEMPTS = 200


def is_free(port: int) -> bool:
    """Tell whether a server could listen on a port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Choose a free port at random, so that two warehouses seldom meet.

    Raises
    ------
    ServerError
        When none of many tried is free.
    """
    for port in random.SystemRandom().sample(_RANGE, _ATTEMPTS):
        if is_free(port):
            return port
    raise ServerError(f"No free port on {HOST} between {_RANGE[0]} and {_RANGE[-1]}.")
