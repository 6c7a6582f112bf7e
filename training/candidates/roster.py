"""Who the candidates are."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from scoring import CostMatrix, Feature, PointsScale
from training.errors import FeatureTableError, TrainingError
from training.learners import BoostedTrees, Learner
from training.learners.dummy import Prior
from training.learners.encoded import Encoded
from training.learners.forest import RandomForest
from training.learners.peer_medians import PeerMedians
from training.learners.prepared import Preparation, PreparedTrees
from training.learners.resampled import ClassWeights, Imputed, Smote, UnderSampling
from training.learners.scorecard import Scorecard

REFERENCE = "lightgbm"
IMPUTED = "lightgbm-imputed"
SYNTHETIC = ("lightgbm-smote", "lightgbm-smotenc")

LABELS: dict[str, tuple[str, str]] = {
    "dummy": ("Taux moyen pour tous", "Mean rate for everybody"),
    "scorecard": ("Grille de score (WoE)", "Scorecard (WoE)"),
    "forest": ("Forêt aléatoire", "Random forest"),
    REFERENCE: ("LightGBM (référence)", "LightGBM (reference)"),
    "lightgbm-class-weights": (
        "LightGBM, classes pondérées",
        "LightGBM, class weights",
    ),
    "lightgbm-under-sampling": (
        "LightGBM, sous-échantillonnage",
        "LightGBM, under-sampling",
    ),
    IMPUTED: ("LightGBM, valeurs imputées", "LightGBM, imputed values"),
    "lightgbm-smote": ("LightGBM, SMOTE", "LightGBM, SMOTE"),
    "lightgbm-smotenc": ("LightGBM, SMOTENC", "LightGBM, SMOTENC"),
    "lightgbm-label": ("LightGBM, codes numérotés", "LightGBM, label encoding"),
    "lightgbm-one-hot": ("LightGBM, codes en colonnes", "LightGBM, one-hot encoding"),
    "lightgbm-peers": ("LightGBM, écarts aux pairs", "LightGBM, peer deviations"),
}


@dataclass(frozen=True)
class Roster:
    """Learners by name, and why some are missing.

    Attributes
    ----------
    learners : mapping of str to Learner
    left_out : mapping of str to str
        The reason, for candidates that the feature table does not allow.
    """

    learners: Mapping[str, Learner]
    left_out: Mapping[str, str] = field(default_factory=dict)


def roster(
    features: Sequence[Feature],
    trees: BoostedTrees,
    costs: CostMatrix,
    only: Sequence[str] = (),
) -> Roster:
    """Choose the candidates.

    Parameters
    ----------
    features : sequence of Feature
        Of the matrix's columns.
    trees : BoostedTrees
        The reference, whose parameters all boosted candidates share.
    costs : CostMatrix
        For the scorecard's points.
    only : sequence of str, optional
        Names to choose; the reference comes with them. All when empty.

    Raises
    ------
    TrainingError
        If a name is unknown, or a candidate that was asked for is not possible.
    """
    unknown = sorted(set(only) - LABELS.keys())
    if unknown:
        raise TrainingError(
            f"No candidate is called {', '.join(unknown)}. There are "
            f"{', '.join(LABELS)}."
        )
    makers = _makers(features, trees, costs)
    wanted = [name for name in LABELS if not only or name in {*only, REFERENCE}]
    learners, left_out = {}, {}
    for name in wanted:
        try:
            learners[name] = makers[name]()
        except FeatureTableError as error:
            if name in only:
                raise
            left_out[name] = str(error)
    return Roster(learners, left_out)


def _makers(
    features: Sequence[Feature], trees: BoostedTrees, costs: CostMatrix
) -> dict[str, Callable[[], Learner]]:
    codes = trees.categorical_positions

    def boosted(
        preparation: Callable[[], Preparation], *, needs_codes: bool = False
    ) -> Callable[[], Learner]:
        def make() -> Learner:
            if needs_codes and not codes:
                raise FeatureTableError("The feature table has no categorical column.")
            return PreparedTrees(trees, preparation())

        return make

    scale = PointsScale(costs.threshold)
    return {
        "dummy": Prior,
        "scorecard": lambda: Scorecard(tuple(features), scale),
        "forest": lambda: RandomForest(codes, threads=trees.threads),
        REFERENCE: lambda: trees,
        "lightgbm-class-weights": boosted(lambda: ClassWeights(codes)),
        "lightgbm-under-sampling": boosted(lambda: UnderSampling(codes)),
        IMPUTED: boosted(lambda: Imputed(codes)),
        "lightgbm-smote": boosted(lambda: Smote(codes)),
        "lightgbm-smotenc": boosted(
            lambda: Smote(codes, keeps_codes=True), needs_codes=True
        ),
        "lightgbm-label": boosted(lambda: Encoded(codes, "label"), needs_codes=True),
        "lightgbm-one-hot": boosted(
            lambda: Encoded(codes, "one-hot"), needs_codes=True
        ),
        "lightgbm-peers": boosted(lambda: PeerMedians.among(features)),
    }
