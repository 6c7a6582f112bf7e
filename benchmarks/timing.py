"""Time two ways of doing the same work in turn, so that a drifting machine is fair."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Comparison:
    """Seconds of two ways, run in turn.

    Attributes
    ----------
    ours, peer : tuple of float
        Seconds per run, pair by pair.
    """

    ours: tuple[float, ...]
    peer: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """Median of ours over the peer, pair by pair."""
        pairs = zip(self.ours, self.peer, strict=True)
        return statistics.median(ours / peer for ours, peer in pairs)

    def describe(self, unit: str, scale: float) -> str:
        """Return both medians in a unit, the ratio, and the ratio's range."""
        ratios = [o / p for o, p in zip(self.ours, self.peer, strict=True)]
        return (
            f"{statistics.median(self.ours) * scale:.1f} {unit} against "
            f"{statistics.median(self.peer) * scale:.1f} {unit}: ratio "
            f"{self.ratio:.2f} ({min(ratios):.2f} to {max(ratios):.2f}, "
            f"{len(ratios)} pairs)"
        )


def compare(
    ours: Callable[[], object],
    peer: Callable[[], object],
    pairs: int,
    *,
    warm_up: bool = True,
) -> Comparison:
    """Run both in turn and time each.

    Parameters
    ----------
    ours, peer : callable
        The two ways.
    pairs : int
        Measured runs of each.
    warm_up : bool
        Whether both run once before, unmeasured.
    """
    if warm_up:
        ours()
        peer()
    ours_seconds, peer_seconds = [], []
    for _ in range(pairs):
        ours_seconds.append(seconds(ours))
        peer_seconds.append(seconds(peer))
    return Comparison(tuple(ours_seconds), tuple(peer_seconds))


def seconds(work: Callable[[], object]) -> float:
    """Return how long one call takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
