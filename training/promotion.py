"""Champion and challenger: when a new version may take the champion's place.

A challenger is *worse* when the paired test on common clients says so beyond chance:
the 95 % interval of its difference to the champion lies on the wrong side of zero
altogether, in cost per client or in AUC. Not being worse is enough: newer data and
code are reason enough to replace an equal.

Where the two cannot be compared, a run promotes only a version that takes the place of
a champion of other clients, or of one that the present feature table cannot feed: that
champion says nothing of these clients. In all other cases a person has to decide.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scoring import CostMatrix
from training.comparison import Comparison, compare_versions
from training.errors import ComparisonError, OtherClientsError, RegistryError
from training.progress import Progress
from training.registry import ModelRegistry


@dataclass(frozen=True)
class Verdict:
    """Whether a version may become the champion.

    Attributes
    ----------
    may_promote : bool
    reason : str
        A sentence without its full stop.
    is_of_other_data : bool
        Whether the champion says nothing of the present clients.
    """

    may_promote: bool
    reason: str
    is_of_other_data: bool = False


def judge_new(registry: ModelRegistry, runs_dir: Path, version: str) -> Verdict:
    """Judge a version that was trained on the present feature table."""
    champion = registry.champion_manifest()
    if champion is None:
        return Verdict(True, "there was no champion")
    candidate = registry.manifest(version)
    lost = len(_names(champion) - _names(candidate))
    if lost:
        return Verdict(
            True,
            f"the feature table has lost {lost} of the features of the champion "
            f"{champion['version']}",
            is_of_other_data=True,
        )
    try:
        return _judge(_compared(runs_dir, champion, candidate))
    except OtherClientsError as error:
        return Verdict(
            True,
            f"the champion {champion['version']} is of other data: {error}",
            is_of_other_data=True,
        )
    except ComparisonError as error:
        return Verdict(False, f"it cannot be compared with the champion: {error}")


def judge_asked(registry: ModelRegistry, runs_dir: Path, version: str) -> Verdict:
    """Judge a version that somebody asks for."""
    candidate = registry.manifest(version)
    champion = registry.champion_manifest()
    if champion is None or champion["version"] == version:
        return Verdict(True, "no other champion stands against it")
    try:
        return _judge(_compared(runs_dir, champion, candidate))
    except ComparisonError as error:
        return Verdict(False, f"it cannot be compared with the champion: {error}")


def take_place(
    registry: ModelRegistry, runs_dir: Path, version: str, progress: Progress
) -> None:
    """Let a new version be champion or challenger, and say which and why."""
    verdict = judge_new(registry, runs_dir, version)
    if verdict.may_promote:
        registry.promote(version, verdict.reason)
        progress.say(f"{version} is the champion: {verdict.reason}.")
    else:
        progress.say(
            f"{version} is kept as a challenger: {verdict.reason}. To make it the "
            f"champion all the same: python -m training promote {version} --force"
        )


def refuse_unless(verdict: Verdict, version: str) -> None:
    """Refuse a promotion that a verdict speaks against.

    Raises
    ------
    RegistryError
        With the reason and what to do.
    """
    if not verdict.may_promote:
        raise RegistryError(
            f"{version} is not promoted: {verdict.reason}. Who wants it all the same "
            "says --force."
        )


def _compared(
    runs_dir: Path, champion: Mapping[str, Any], candidate: Mapping[str, Any]
) -> Comparison:
    costs = CostMatrix(**candidate["cost_matrix"])
    return compare_versions(runs_dir, champion["version"], candidate["version"], costs)


def _judge(comparison: Comparison) -> Verdict:
    word = "worse" if comparison.is_worse else "not worse"
    return Verdict(
        not comparison.is_worse,
        f"{word} than the champion {comparison.reference}: {comparison.sentence()}",
    )


def _names(manifest: Mapping[str, Any]) -> set[str]:
    return {feature["name"] for feature in manifest["features"]}
