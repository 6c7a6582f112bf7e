"""Serve the application with uvicorn, on a port that was free when asked for."""

import errno
import logging
import logging.config
import os
import socket
from collections.abc import Callable
from tempfile import TemporaryDirectory

import uvicorn
from fastapi import FastAPI

from function_app.app import create_app
from function_app.errors import AddressUnusableError
from function_app.logs import log_event, server_log_config
from function_app.metrics import SHARED_FOLDER
from function_app.routes.services import Services
from function_app.serving.bounded_http import BoundedHttpProtocol
from function_app.serving.connection_room import require_room
from function_app.serving.graceful import GracefulServer
from function_app.serving.workers import keep_working
from function_app.settings import FunctionSettings, load_settings
from scoring import load_model

SECONDS_TO_FINISH = 10
SECONDS_TO_CLOSE = 5
BACKLOG = 2048


def serve(
    settings: FunctionSettings, host: str, port: int, *, workers: int = 1
) -> None:
    """Serve until a signal asks to stop; requests under way are finished.

    Parameters
    ----------
    settings : FunctionSettings
        As the environment has them: further processes read them there.
    host : str
    port : int
        0 takes any free port; the log tells which.
    workers : int, default=1
        How many processes answer.

    Raises
    ------
    AddressUnusableError
        If the address cannot be listened on.
    ScoringError
        If the artefact is absent or refused: a server started by hand should say so
        at once rather than answer 503.
    ConnectionRoomError
        If the database leaves fewer connections than the processes may open.
    """
    logging.config.dictConfig(server_log_config())
    with listening_socket(host, port) as listener:
        named = f"[{host}]" if ":" in host else host
        address = f"http://{named}:{listener.getsockname()[1]}"
        if workers == 1:
            app = create_app(settings)
            _services_of(app).champion.load()
            require_room(settings, workers)
            log_event(logging.INFO, "listening", address=f"{address}/api/docs")
            _answer(app, settings, listener)
        else:
            load_model(settings.model_dir)
            require_room(settings, workers)
            log_event(logging.INFO, "listening", address=f"{address}/api/docs")
            seconds_to_stop = (
                settings.scoring_drain_seconds + SECONDS_TO_FINISH + SECONDS_TO_CLOSE
            )
            # The library of the metrics reads it when a worker imports it.
            with TemporaryDirectory(prefix="scoring-metrics-") as folder:
                os.environ[SHARED_FOLDER] = folder
                keep_working(work, listener, workers, seconds_to_stop=seconds_to_stop)


def work(listener: socket.socket, beat: Callable[[], None]) -> None:
    """Answer on a socket that other processes answer on as well, until SIGTERM."""
    settings = load_settings()
    _answer(create_app(settings), settings, listener, beat)


def _answer(
    app: FastAPI,
    settings: FunctionSettings,
    listener: socket.socket,
    beat: Callable[[], None] = lambda: None,
) -> None:
    config = uvicorn.Config(
        app,
        http=BoundedHttpProtocol,
        log_config=server_log_config(),
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
    )
    GracefulServer(
        config, _services_of(app).stopping, settings.scoring_drain_seconds, beat
    ).run(sockets=[listener])


def _services_of(app: FastAPI) -> Services:
    services: Services = app.state.services
    return services


def listening_socket(host: str, port: int) -> socket.socket:
    """Return a socket that listens already, so that nobody else can take its port.

    Raises
    ------
    AddressUnusableError
        If the port is taken, or the address is not one of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise AddressUnusableError(
                f"Port {port} of {host} is in use. Stop what listens there, or choose "
                "another with --port."
            ) from error
        raise AddressUnusableError(
            f"Cannot listen on port {port} of {host}: {error.strerror}."
        ) from error
    # Accepted sockets inherit it. asyncio sets it only on sockets that it makes
    # itself; without it an answer's body waits 40 ms for the headers' acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
