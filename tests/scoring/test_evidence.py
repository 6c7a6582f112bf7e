from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scoring import (
    ArtefactError,
    Evidence,
    GroupRates,
    Interval,
    Manifest,
    Outcomes,
    load_model,
)
from scoring.evidence import GROUP_RATES

OUTCOMES = Outcomes(
    edges=(0.0, 0.1, 1.0),
    good=(8.0, 1.0),
    bad=(1.0, 2.0),
    lost_margin=(80.0, 10.0),
    lost_credit=(70.0, 140.0),
)
EVIDENCE = Evidence(
    OUTCOMES,
    {
        "gender": (
            GroupRates(
                group="F",
                clients=12,
                is_compared=False,
                rates={name: Interval(0.2, 0.1, 0.3) for name in GROUP_RATES[:-1]}
                | {GROUP_RATES[-1]: None},
            ),
        )
    },
)


def written(evidence: Evidence) -> dict[str, Any]:
    return dict(json.loads(json.dumps(evidence.to_dict())))


def test_evidence_is_read_as_it_was_written() -> None:
    assert Evidence.from_dict(written(EVIDENCE)) == EVIDENCE


@pytest.mark.parametrize(
    "fault",
    [
        {"edges": [0.0, 0.1]},
        {"edges": [0.0, 1.0, 0.1]},
        {"edges": [0.1, 0.2, 1.0]},
        {"good": [8.0]},
        {"good": [8.0, -1.0]},
        {"good": [0.0, 0.0], "bad": [0.0, 0.0]},
        {"lost_margin": None},
        {"bad": "many"},
        {"bad": None},
    ],
)
def test_counts_of_other_bins_are_refused(fault: dict[str, Any]) -> None:
    document = written(EVIDENCE)
    document["outcomes"] |= fault
    with pytest.raises(ArtefactError):
        Evidence.from_dict(document)


def test_a_group_without_one_of_its_rates_is_refused() -> None:
    document = written(EVIDENCE)
    del document["fairness"]["gender"][0]["approval_rate"]
    with pytest.raises(ArtefactError, match="approval_rate"):
        Evidence.from_dict(document)


def test_a_manifest_keeps_evidence_and_publishes_it(synthetic_model_dir: Path) -> None:
    manifest = replace(load_model(synthetic_model_dir).manifest, evidence=EVIDENCE)
    assert Manifest.from_dict(manifest.to_dict()).evidence == EVIDENCE
    assert manifest.public()["evidence"] == EVIDENCE.to_dict()


def test_a_manifest_of_before_evidence_was_kept_still_loads(
    synthetic_model_dir: Path,
) -> None:
    document = load_model(synthetic_model_dir).manifest.to_dict()
    del document["evidence"]
    read = Manifest.from_dict(document)
    assert read.evidence is None
    assert read.public()["evidence"] is None
