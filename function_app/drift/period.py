"""The time that a report is about."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True)
class Period:
    """From ``since`` until just before ``until``, both in UTC."""

    since: datetime
    until: datetime

    @classmethod
    def last_days(cls, days: int, now: datetime) -> "Period":
        """Return so many days that end now."""
        return cls(now - timedelta(days=days), now)

    @classmethod
    def day_before(cls, now: datetime) -> "Period":
        """Return the last day that is over in UTC."""
        midnight = now.astimezone(UTC).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        return cls(midnight - timedelta(days=1), midnight)

    @property
    def name(self) -> str:
        """What files of the period are called."""
        return f"{self.since:%Y-%m-%d}"
