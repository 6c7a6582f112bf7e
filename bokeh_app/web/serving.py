"""The Bokeh server as the bank runs it: signed, behind a door, on one address."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from bokeh.command.util import build_single_handler_application
from bokeh.server.auth_provider import AuthModule
from bokeh.server.server import Server

from bokeh_app.errors import SettingsError
from bokeh_app.settings import read_settings
from bokeh_app.web.headers import PageHeaders
from bokeh_app.web.papers import PATTERNS

ROUTE = "/bokeh_app"
FOLDER = Path(__file__).parents[1]


@dataclass(frozen=True)
class Listening:
    """Where the server listens, and who may reach it how.

    Attributes
    ----------
    origins : list of str
        Hosts and ports that pages may come from; none for the address itself.
    certificate, key : Path or None
        Files in PEM form for TLS.
    is_behind_proxy : bool
        A proxy ends TLS, and says who calls and by which scheme.
    """

    address: str
    port: int
    origins: list[str]
    certificate: Path | None = None
    key: Path | None = None
    is_behind_proxy: bool = False

    @property
    def url(self) -> str:
        """Where the dashboard answers."""
        scheme = "https" if self.certificate else "http"
        return f"{scheme}://{self.address}:{self.port}{ROUTE}"

    def check(self) -> None:
        """Refuse to carry passwords in plain text to other machines.

        Raises
        ------
        SettingsError
        """
        if (self.certificate is None) != (self.key is None):
            raise SettingsError("--ssl-certfile and --ssl-keyfile go together.")
        for file in (self.certificate, self.key):
            if file is not None and not file.is_file():
                raise SettingsError(f"{file} does not exist; name a file in PEM form.")
        if not (self.certificate or self.is_behind_proxy or _is_local(self.address)):
            raise SettingsError(
                f"{self.address} is reached from other machines, and passwords would "
                "travel in plain text: give --ssl-certfile and --ssl-keyfile, or "
                "--use-xheaders behind a proxy that ends TLS."
            )


def make_server(listening: Listening) -> Server:
    """Make the server; it listens when this returns.

    Raises
    ------
    SettingsError
        If the environment or the options do not fit.
    OSError, ValueError
        If it cannot listen, or an origin cannot be read.
    """
    listening.check()
    secret = read_settings().dashboard_secret.get_secret_value()
    is_secure = listening.certificate is not None or listening.is_behind_proxy
    return Server(
        {ROUTE: build_single_handler_application(str(FOLDER))},
        port=listening.port,
        address=listening.address,
        allow_websocket_origin=listening.origins
        or sorted(
            {f"{listening.address}:{listening.port}", f"localhost:{listening.port}"}
        ),
        extra_patterns=PATTERNS,
        auth_provider=AuthModule(FOLDER / "auth.py"),
        xsrf_cookies=True,
        xsrf_cookie_kwargs={
            "httponly": True,
            "samesite": "Lax",
            "secure": is_secure,
        },
        # Nobody can send an advisor a link to a session that they can watch.
        sign_sessions=True,
        secret_key=hmac.digest(secret.encode(), b"bokeh sessions", hashlib.sha256),
        # The page's token tells its scripts nothing of the request.
        include_headers=[],
        include_cookies=[],
        use_xheaders=listening.is_behind_proxy,
        ssl_certfile=listening.certificate and str(listening.certificate),
        ssl_keyfile=listening.key and str(listening.key),
        transforms=[PageHeaders],
    )


def _is_local(address: str) -> bool:
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
