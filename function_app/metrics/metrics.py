"""The function's instruments, and what is reckoned from them when somebody looks."""

import os
from collections.abc import Iterable, Mapping

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    Metric,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from function_app.metrics.drift import drift_families
from function_app.metrics.tally import Tally
from function_app.warehouse.feature_table import FeatureValue
from scoring import ScoringModel

# Where the processes of one server add up their numbers; prometheus-client's own name.
SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"

# From a score without reasons to the statement's time limit.
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


# From a call alone to the largest batch.
_TOGETHER = (1, 2, 4, 8, 16, 32, 64, 128, 256, 1000)


class _Families(Collector):
    """Families that were reckoned already."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = list(families)

    def collect(self) -> Iterable[Metric]:
        """Return them."""
        return self._families


class Metrics:
    """Counts calls and decisions; one for each application.

    With ``PROMETHEUS_MULTIPROC_DIR`` set before the start, the counts of all processes
    are added up; the gauges of threads and connections are those of the process that
    answers.
    """

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Histogram(
            "scoring_request_seconds",
            "Time until an answer had left, by call.",
            ("method", "route", "status"),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._decisions = Counter(
            "scoring_decisions",
            "Decisions in the log that were answered.",
            ("decision", "model_version"),
            registry=self._registry,
        )
        self._score_bins = Counter(
            "scoring_score_bin",
            "Decisions by bin of the score in training, the last for none.",
            ("model_version", "bin"),
            registry=self._registry,
        )
        self._missing = Counter(
            "scoring_feature_missing",
            "Decisions without a value of the feature.",
            ("model_version", "feature"),
            registry=self._registry,
        )
        self._logged = Histogram(
            "scoring_log_decisions",
            "Decisions that one transaction added to the log.",
            buckets=_TOGETHER,
            registry=self._registry,
        )
        self._tally = Tally()

    def request(
        self, *, method: str, route: str, status: int | None, seconds: float
    ) -> None:
        """Count one request; without a status its caller had gone."""
        told = "none" if status is None else str(status)
        self._requests.labels(method, route, told).observe(seconds)

    def logged(self, decisions: int) -> None:
        """Count one transaction that added decisions to the log."""
        self._logged.observe(decisions)

    def decision(
        self,
        model: ScoringModel,
        *,
        decision: str,
        probability: float,
        inputs: Mapping[str, FeatureValue],
    ) -> None:
        """Count one decision that the log has."""
        self._decisions.labels(decision, model.version).inc()
        if self._tally.add(model, probability, inputs):
            self._hand_over()

    def exposition(
        self, model: ScoringModel | None, gauges: Mapping[str, tuple[str, float]]
    ) -> bytes:
        """Write everything as Prometheus reads it.

        Parameters
        ----------
        model : ScoringModel or None
            The model that is served, whose decisions are compared with training.
        gauges : mapping of str to (str, float)
            What is true at this moment, by name: a sentence and the number.
        """
        self._hand_over()
        families = list(self._collected())
        families += [
            GaugeMetricFamily(name, sentence, value=number)
            for name, (sentence, number) in gauges.items()
        ]
        if model is not None:
            families += drift_families(model, families)
        answer = CollectorRegistry(auto_describe=False)
        answer.register(_Families(families))
        return generate_latest(answer)

    def _collected(self) -> Iterable[Metric]:
        if not os.environ.get(SHARED_FOLDER):
            return self._registry.collect()
        shared = CollectorRegistry()
        MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
        return shared.collect()

    def _hand_over(self) -> None:
        for counts in self._tally.take():
            version = counts.model_version
            for place, decisions in counts.score_bins.items():
                self._score_bins.labels(version, str(place)).inc(decisions)
            for feature, decisions in counts.missing.items():
                self._missing.labels(version, feature).inc(decisions)
