"""What all parts of access share in one process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bokeh_app.access import cookie
from bokeh_app.access.activity import Activity
from bokeh_app.access.client_views import ClientViews
from bokeh_app.access.gate import Gate, SignIn
from bokeh_app.access.seats import Seats
from bokeh_app.settings import Settings
from bokeh_app.sources.warehouse import Warehouse


@dataclass(frozen=True)
class Door:
    """Lets people in, and knows who is.

    Attributes
    ----------
    lifetime : timedelta
        Longest time from a sign-in to the next.
    """

    gate: Gate
    activity: Activity
    seats: Seats
    writing: Warehouse
    lifetime: timedelta
    secret: str

    def views(self, sign_in: SignIn) -> ClientViews:
        """Return where it is written what a sign-in sees."""
        return ClientViews(self.writing, sign_in)

    def cookie_for(self, sign_in: SignIn) -> str:
        """Return a new cookie's value, and take it for an act of that person."""
        self.activity.see(sign_in.sign_in_id)
        return cookie.sign(self.secret, sign_in.sign_in_id)

    def sign_in_of(self, cookie_value: str | None) -> SignIn | None:
        """Return the sign-in that a cookie names, unless it is over or idle.

        Raises
        ------
        DashboardError
            If the database is away.
        """
        sign_in_id = cookie.read(self.secret, cookie_value, self.lifetime)
        if sign_in_id is None:
            return None
        is_fresh = cookie.read(self.secret, cookie_value, self.activity.idle_limit)
        if not (is_fresh or self.activity.left(sign_in_id)):
            return None
        return self.gate.sign_in_that_holds(sign_in_id)


def open_door(settings: Settings, reading: Warehouse, writing: Warehouse) -> Door:
    """Make what access needs; nothing is asked before somebody comes."""
    secret = settings.dashboard_secret.get_secret_value()
    lifetime = timedelta(hours=settings.dashboard_sign_in_hours)
    return Door(
        gate=Gate(reading, writing, secret, lifetime),
        activity=Activity(timedelta(minutes=settings.dashboard_idle_minutes)),
        seats=Seats(
            settings.dashboard_session_limit, settings.dashboard_user_session_limit
        ),
        writing=writing,
        lifetime=lifetime,
        secret=secret,
    )
