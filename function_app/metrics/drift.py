"""How far the decisions counted are from the clients that the model learned from."""

from collections.abc import Iterable, Mapping

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from scoring import Population, ScoringModel, stability_index

# A column that lost a tenth of its values has most likely lost a source.
_NOTABLE_SHARE = 0.10


def drift_families(
    model: ScoringModel, counted: Iterable[Metric]
) -> list[GaugeMetricFamily]:
    """Compare the decisions of a model with its training population.

    Parameters
    ----------
    model : ScoringModel
    counted : iterable of Metric
        With the counts of scores by bin and of missing features, of all processes.

    Returns
    -------
    list of GaugeMetricFamily
        Empty where the artefact keeps no population. Without any decision only what
        is known of training.
    """
    population = model.population
    if population is None:
        return []
    by_name = {family.name: family for family in counted}
    bins = _counts(by_name["scoring_score_bin"], model.version, "bin")
    missing = _counts(by_name["scoring_feature_missing"], model.version, "feature")
    decisions = sum(bins.values())
    families = [_missing_in_training(population)]
    if decisions:
        shares = {
            name: missing.get(name, 0) / decisions for name in population.features
        }
        families += [
            _score_stability(population, bins),
            _missing_now(shares),
            _more_missing(population, shares),
        ]
    return families


def _counts(family: Metric, model_version: str, label: str) -> dict[str, int]:
    return {
        sample.labels[label]: int(sample.value)
        for sample in family.samples
        if sample.name.endswith("_total")
        and sample.labels["model_version"] == model_version
    }


def _score_stability(
    population: Population, bins: Mapping[str, int]
) -> GaugeMetricFamily:
    expected = population.score.counts
    actual = [bins.get(str(place), 0) for place in range(len(expected))]
    stability = stability_index(expected, actual)
    family = GaugeMetricFamily(
        "scoring_score_stability_index",
        "PSI of the scores since the start against training; index_by_chance is what "
        "95 in 100 would stay below without drift.",
        labels=("kind",),
    )
    family.add_metric(("index",), stability.index)
    family.add_metric(("index_by_chance",), stability.by_chance)
    return family


def _missing_in_training(population: Population) -> GaugeMetricFamily:
    family = GaugeMetricFamily(
        "scoring_feature_missing_share_training",
        "Share of the clients of training without a value of the feature.",
        labels=("feature",),
    )
    for name, profile in population.features.items():
        family.add_metric((name,), profile.missing_share)
    return family


def _missing_now(shares: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(
        "scoring_feature_missing_share",
        "Share of the decisions since the start without a value of the feature.",
        labels=("feature",),
    )
    for name, share in shares.items():
        family.add_metric((name,), share)
    return family


def _more_missing(
    population: Population, shares: Mapping[str, float]
) -> GaugeMetricFamily:
    more = sum(
        shares[name] - profile.missing_share > _NOTABLE_SHARE
        for name, profile in population.features.items()
    )
    return GaugeMetricFamily(
        "scoring_features_missing_more",
        "Features that decisions lack more often than training did, by 10 points or "
        "more.",
        value=more,
    )
