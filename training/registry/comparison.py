"""Two versions side by side, and the paired test between them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring import CostMatrix
from training.errors import ComparisonError, OtherClientsError
from training.evaluation import metrics
from training.evaluation.paired import PairedDifference, paired_difference
from training.registry.runs import OutOfFoldRows, read_out_of_fold

# Fewer common clients of either outcome tell two models apart by accident alone.
_FEWEST_COMMON = 20
# Outcomes are corrected now and then; where more differ, they are other people.
_MOST_CHANGED = 0.01

Difference = tuple[str, str, str]
Positions = NDArray[np.intp]


@dataclass(frozen=True)
class Comparison:
    """The paired test of a candidate against a reference.

    Attributes
    ----------
    reference, candidate : str
        Versions.
    clients, defaults : int
        Common to both, out of fold in both, of one outcome in both.
    changed : int
        Common clients left out, whose outcome was corrected in between.
    auc : PairedDifference
    cost : PairedDifference
        Per client, at the candidate's costs and the threshold that follows from them.
    """

    reference: str
    candidate: str
    clients: int
    defaults: int
    changed: int
    auc: PairedDifference
    cost: PairedDifference

    @property
    def is_worse(self) -> bool:
        """Whether the candidate costs more or ranks worse, and not by chance."""
        return self.cost.difference.low > 0 or self.auc.difference.high < 0

    def sentence(self) -> str:
        """Say both differences with their intervals."""
        left_out = f", without {self.changed:,} of changed outcome"
        return (
            f"cost per client {_told(self.cost)}, AUC {_told(self.auc)}, on "
            f"{self.clients:,} common clients with {self.defaults:,} defaults"
            + (left_out if self.changed else "")
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the test, ready for JSON."""
        return {
            "reference": self.reference,
            "candidate": self.candidate,
            "clients": self.clients,
            "defaults": self.defaults,
            "changed": self.changed,
            "auc": self.auc.to_dict(),
            "cost_per_client": self.cost.to_dict(),
            "is_worse": self.is_worse,
        }


def _told(difference: PairedDifference) -> str:
    of = difference.difference
    return (
        f"{difference.reference:.4f} → {difference.candidate:.4f} "
        f"({of.value:+.4f} [{of.low:+.4f}, {of.high:+.4f}])"
    )


def compare_versions(
    runs_dir: Path, reference: str, candidate: str, costs: CostMatrix
) -> Comparison:
    """Compare two versions on the clients that both have out of fold.

    Parameters
    ----------
    runs_dir : Path
    reference, candidate : str
    costs : CostMatrix
        By which both are judged: the candidate's.

    Raises
    ------
    ComparisonError
        If the rows of one are missing, or too few clients are common.
    OtherClientsError
        If the two were trained on different clients.
    """
    first, second = (
        read_out_of_fold(runs_dir, version) for version in (reference, candidate)
    )
    in_first, in_second, changed = _common(first, second)
    is_default = first.is_default[in_first]
    scores = first.probability[:, in_first], second.probability[:, in_second]
    return Comparison(
        reference=reference,
        candidate=candidate,
        clients=int(is_default.size),
        defaults=int(is_default.sum()),
        changed=changed,
        auc=paired_difference(metrics.auc, *scores, is_default),
        cost=paired_difference(metrics.cost_at_threshold(costs), *scores, is_default),
    )


def _common(
    first: OutOfFoldRows, second: OutOfFoldRows
) -> tuple[Positions, Positions, int]:
    """Return where both agree on a client, and on how many they do not."""
    ids, in_first, in_second = np.intersect1d(
        first.client_ids, second.client_ids, assume_unique=True, return_indices=True
    )
    outcomes = first.is_default[in_first]
    same = outcomes == second.is_default[in_second]
    changed = int((~same).sum())
    if ids.size == 0 or changed > _MOST_CHANGED * ids.size:
        raise OtherClientsError(
            "the two were trained on different clients"
            + (", some under the same numbers" if ids.size else "")
        )
    clients, defaults = int(same.sum()), int(outcomes[same].sum())
    if min(defaults, clients - defaults) < _FEWEST_COMMON:
        raise ComparisonError(
            f"only {clients} clients, {defaults} of them with a default, are common "
            f"to both; {_FEWEST_COMMON} of either outcome are needed"
        )
    return in_first[same], in_second[same], changed


def manifest_differences(
    first: Mapping[str, Any], second: Mapping[str, Any]
) -> list[Difference]:
    """List in what two manifests differ that makes models differ.

    Returns
    -------
    list of (name, first value, second value)
        Data, code, options, parameters, trees, features.
    """
    flat = [dict(_flattened(manifest)) for manifest in (first, second)]
    names = list(dict.fromkeys([*flat[0], *flat[1]]))
    found = [
        (name, flat[0].get(name, "-"), flat[1].get(name, "-"))
        for name in names
        if flat[0].get(name) != flat[1].get(name)
    ]
    return found + _feature_differences(first, second)


def _flattened(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    training = manifest["training"]
    yield "data_fingerprint", manifest["data_fingerprint"][:12]
    yield "code_fingerprint", str(training.get("code_fingerprint", "-"))[:12]
    yield "git_revision", str(manifest["git_revision"])[:12]
    for name, value in training.get("rows", {}).items():
        yield f"rows.{name}", str(value)
    for name, value in training.get("options", {}).items():
        if name != "recipe":
            yield name, str(value)
    for name, value in training.get("recipe", {}).get("parameters", {}).items():
        yield name, str(value)
    yield "constraints", ", ".join(training.get("recipe", {}).get("constraints", ()))
    yield "trees", str(training.get("trees", "-"))


def _feature_differences(
    first: Mapping[str, Any], second: Mapping[str, Any]
) -> list[Difference]:
    before, after = (
        {feature["name"] for feature in manifest["features"]}
        for manifest in (first, second)
    )
    rows = [("features", str(len(before)), str(len(after)))]
    rows += [(f"feature {name}", "yes", "-") for name in sorted(before - after)]
    rows += [(f"feature {name}", "-", "yes") for name in sorted(after - before)]
    return rows if before != after else []
