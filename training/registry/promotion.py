"""Champion and challenger: when a new version may take the champion's place.

A challenger is *worse* when the paired test on common clients says so beyond chance:
the 95 % interval of its difference to the champion lies on the wrong side of zero
altogether, in cost per client or in AUC. Not being worse is enough: newer data and
code are reason enough to replace an equal.

Many steps that are each not worse can still lead downhill, so a version must not be
worse than the cheapest earlier champion either, where that one can be compared.

A run promotes without such a test only where the champion says nothing of the present
clients: it is of other clients, or the present feature table cannot feed it. In the
latter case the test is told all the same. In all other cases a person has to decide.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scoring import CostMatrix
from training.errors import ComparisonError, OtherClientsError, RegistryError
from training.progress import Progress
from training.registry.champions import ChampionHistory
from training.registry.comparison import Comparison, compare_versions
from training.registry.runs import OUT_OF_FOLD_FILE
from training.registry.versions import ModelRegistry


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
    try:
        champion = registry.champion_manifest()
    except RegistryError as error:
        return _unverified(error)
    if champion is None:
        return Verdict(True, "there was no champion")
    candidate = registry.manifest(version)
    lost = len(_names(champion) - _names(candidate))
    if lost:
        return Verdict(
            True,
            f"the feature table has lost {lost} of the features of the champion "
            f"{champion['version']}, which cannot be served any more "
            f"({_told(runs_dir, champion, candidate)})",
            is_of_other_data=True,
        )
    try:
        return _judge(registry, runs_dir, champion, candidate)
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
    try:
        champion = registry.champion_manifest()
    except RegistryError as error:
        return _unverified(error)
    if champion is None or champion["version"] == version:
        return Verdict(True, "no other champion stands against it")
    try:
        return _judge(registry, runs_dir, champion, candidate)
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


def _judge(
    registry: ModelRegistry,
    runs_dir: Path,
    champion: Mapping[str, Any],
    candidate: Mapping[str, Any],
) -> Verdict:
    verdict = _verdict(_compared(runs_dir, champion, candidate), "champion")
    passed = {champion["version"], candidate["version"]}
    earlier = _cheapest_earlier(registry, runs_dir, candidate, passed)
    if not verdict.may_promote or earlier is None:
        return verdict
    try:
        against = _verdict(_compared(runs_dir, earlier, candidate), "earlier champion")
    except ComparisonError:
        return verdict
    return verdict if against.may_promote else against


def _cheapest_earlier(
    registry: ModelRegistry,
    runs_dir: Path,
    candidate: Mapping[str, Any],
    passed: set[str],
) -> Mapping[str, Any] | None:
    """Return the earlier champion of least cost, of those with rows at equal costs."""
    found = []
    reigned = {reign.version for reign in ChampionHistory(registry.models_dir).reigns()}
    for version in sorted(reigned - passed):
        if not (runs_dir / version / OUT_OF_FOLD_FILE).exists():
            continue
        try:
            manifest = registry.manifest(version)
        except RegistryError:
            continue
        if manifest["cost_matrix"] == candidate["cost_matrix"]:
            found.append(manifest)
    return min(found, key=_cost, default=None)


def _cost(manifest: Mapping[str, Any]) -> float:
    estimate = manifest["metrics"].get("cost_per_client", {})
    return float(estimate.get("value", math.inf))


def _verdict(comparison: Comparison, role: str) -> Verdict:
    word = "worse" if comparison.is_worse else "not worse"
    return Verdict(
        not comparison.is_worse,
        f"{word} than the {role} {comparison.reference}: {comparison.sentence()}",
    )


def _told(
    runs_dir: Path, champion: Mapping[str, Any], candidate: Mapping[str, Any]
) -> str:
    try:
        return _verdict(_compared(runs_dir, champion, candidate), "champion").reason
    except ComparisonError as error:
        return f"not compared: {error}"


def _unverified(error: RegistryError) -> Verdict:
    return Verdict(False, f"the champion does not verify, so nothing compares: {error}")


def _names(manifest: Mapping[str, Any]) -> set[str]:
    return {feature["name"] for feature in manifest["features"]}
