"""Who comes in: attempts to sign in, sign-ins that hold, and their ends."""

from __future__ import annotations

import hashlib
import hmac
import logging
import threading
import uuid
from dataclasses import dataclass
from datetime import timedelta

from bokeh_app.access.passwords import is_password
from bokeh_app.access.user import User
from bokeh_app.errors import DashboardError
from bokeh_app.sources.warehouse import Row, Warehouse

logger = logging.getLogger(__name__)

WINDOW = timedelta(minutes=15)
MOST_BY_LOGIN_AND_ADDRESS = 5
MOST_BY_LOGIN = 20
MOST_BY_ADDRESS = 50
LONGEST_LOGIN = 64

_FAILURES = """
    select
        count(*) filter (
            where login_hash = %(login_hash)s and address = %(address)s::inet
        ) as by_both,
        count(*) filter (where login_hash = %(login_hash)s) as by_login,
        count(*) filter (where address = %(address)s::inet) as by_address
    from ops.sign_in_event
    where event = 'failed' and happened_at > now() - %(window)s
"""
_USER = """
    select login, full_name, role_name, password_hash, disabled_at is null as is_in
    from ops.dashboard_user
    where login = %(login)s
"""
_EVENT = """
    insert into ops.sign_in_event (event, login, login_hash, address, sign_in_id)
    values (
        %(event)s, %(login)s, %(login_hash)s, %(address)s::inet, %(sign_in_id)s::uuid
    )
    returning true as is_written
"""
_HOLDS = """
    select login, full_name, role_name
    from ops.sign_in_event as start
    inner join ops.dashboard_user using (login)
    where
        sign_in_id = %(sign_in_id)s::uuid
        and event = 'signed_in'
        and happened_at > now() - %(lifetime)s
        and valid_from <= happened_at
        and disabled_at is null
        and not exists (
            select from ops.sign_in_event as leaving
            where
                leaving.sign_in_id = start.sign_in_id
                and leaving.event = 'signed_out'
        )
"""


@dataclass(frozen=True)
class SignIn:
    """One person's sign-in, from one browser."""

    sign_in_id: str
    user: User


class TooManyAttemptsError(DashboardError):
    """So many attempts have failed that none is looked at for a while."""

    text_key = "access.too_many"


class Gate:
    """Checks passwords and keeps the log of sign-ins; safe to share between threads.

    Parameters
    ----------
    reading, writing : Warehouse
        The database, read-only and with the right to add to its logs.
    secret : str
        Key of the hashes by which attempts are counted.
    lifetime : timedelta
        After which a sign-in is over, however busy.
    """

    def __init__(
        self, reading: Warehouse, writing: Warehouse, secret: str, lifetime: timedelta
    ) -> None:
        self._reading = reading
        self._writing = writing
        self._secret = secret
        self._lifetime = lifetime
        # One attempt after the other: none slips past the count, and hashing, which
        # takes 64 MiB, cannot be made to take all memory.
        self._turn = threading.Lock()

    def sign_in(self, login: str, password: str, address: str) -> SignIn | None:
        """Sign somebody in, or return None; nothing tells a wrong login apart.

        Raises
        ------
        TooManyAttemptsError
            If too many failed of late, for this login or from this address.
        DashboardError
            If the database is away.
        """
        login = login.strip().lower()[:LONGEST_LOGIN]
        login_hash = hash_login(self._secret, login)
        with self._turn:
            self._refuse_too_many(login_hash, address)
            found = self._reading.row(_USER, {"login": login})
            is_right = is_password(password, found["password_hash"] if found else None)
            is_in = found is not None and is_right and found["is_in"]
            sign_in_id = str(uuid.uuid4()) if is_in else None
            self._log(
                "signed_in" if is_in else "failed",
                found["login"] if found else None,
                address,
                login_hash=login_hash,
                sign_in_id=sign_in_id,
            )
        if found is None or sign_in_id is None:
            return None
        return SignIn(sign_in_id, _user(found))

    def sign_in_that_holds(self, sign_in_id: str) -> SignIn | None:
        """Return a sign-in unless it is over: by its age, by leaving, by a ban.

        Raises
        ------
        DashboardError
            If the database is away.
        """
        found = self._reading.row(
            _HOLDS, {"sign_in_id": sign_in_id, "lifetime": self._lifetime}
        )
        return SignIn(sign_in_id, _user(found)) if found else None

    def sign_out(self, sign_in: SignIn, address: str) -> None:
        """End a sign-in for good, in all of its pages.

        Raises
        ------
        DashboardError
            If the database is away.
        """
        self._log(
            "signed_out",
            sign_in.user.login,
            address,
            sign_in_id=sign_in.sign_in_id,
        )

    def _refuse_too_many(self, login_hash: bytes, address: str) -> None:
        failed = self._reading.row(
            _FAILURES,
            {"login_hash": login_hash, "address": address, "window": WINDOW},
        ) or {"by_both": 0, "by_login": 0, "by_address": 0}
        if (
            failed["by_both"] >= MOST_BY_LOGIN_AND_ADDRESS
            or failed["by_login"] >= MOST_BY_LOGIN
            or failed["by_address"] >= MOST_BY_ADDRESS
        ):
            logger.warning("sign-in blocked for a while, asked from %s", address)
            raise TooManyAttemptsError("Blocked for a while.")

    def _log(
        self,
        event: str,
        login: str | None,
        address: str,
        *,
        login_hash: bytes | None = None,
        sign_in_id: str | None = None,
    ) -> None:
        self._writing.row(
            _EVENT,
            {
                "event": event,
                "login": login,
                "login_hash": login_hash,
                "address": address,
                "sign_in_id": sign_in_id,
            },
        )
        # What was typed is not repeated: it may be a password.
        logger.info("%s: %s from %s", event, login or "an unknown login", address)


def hash_login(secret: str, login: str) -> bytes:
    """Return what attempts are counted by; it does not tell what was typed."""
    return hmac.digest(secret.encode(), login.encode(), hashlib.sha256)


def _user(row: Row) -> User:
    return User(row["login"], row["full_name"], row["role_name"])
