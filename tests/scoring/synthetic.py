"""A small artefact of invented clients, for tests that need a model but no database."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import lightgbm
import numpy as np

from scoring import (
    Calibrator,
    Category,
    CostMatrix,
    DecisionRule,
    Feature,
    FeatureEncoder,
    Manifest,
    PointsScale,
    Population,
    Profile,
    RatingBand,
    Theme,
    write_artefact,
)

THEMES = (
    Theme("external_scores", "Scores externes", "External scores"),
    Theme("credit_request", "Crédit demandé", "Credit request"),
    Theme("income_employment", "Revenus et emploi", "Income and employment"),
    Theme("personal_situation", "Situation personnelle", "Personal situation"),
    Theme("bureau_debt", "Dettes au bureau de crédit", "Bureau debt"),
    Theme("payment_discipline", "Discipline de paiement", "Payment discipline"),
)

INCOME_TYPES = (
    Category("Working", "Salarié", "Working"),
    Category("Pensioner", "Retraité", "Pensioner"),
    Category("State servant", "Fonctionnaire", "State servant"),
)


def _numeric(
    name: str,
    label_fr: str,
    label_en: str,
    theme: str,
    unit: str,
    *,
    is_protected: bool = False,
) -> Feature:
    return Feature(
        name=name,
        data_type="numeric",
        label_fr=label_fr,
        label_en=label_en,
        theme=theme,
        unit=unit,  # type: ignore[arg-type]
        is_protected=is_protected,
        typical=None,
    )


FEATURES = (
    _numeric(
        "application_external_score_2",
        "Score externe nº 2",
        "External score no. 2",
        "external_scores",
        "score",
    ),
    _numeric(
        "application_external_score_mean",
        "Moyenne des scores externes",
        "Mean of the external scores",
        "external_scores",
        "score",
    ),
    _numeric(
        "application_credit_amount",
        "Montant du crédit",
        "Credit amount",
        "credit_request",
        "amount",
    ),
    _numeric(
        "application_annuity_to_income_ratio",
        "Mensualité rapportée au revenu",
        "Annuity to income",
        "credit_request",
        "share",
    ),
    _numeric(
        "application_income_amount",
        "Revenu annuel",
        "Yearly income",
        "income_employment",
        "amount",
    ),
    _numeric(
        "application_employment_years",
        "Ancienneté dans l'emploi",
        "Years in employment",
        "income_employment",
        "years",
    ),
    Feature(
        name="application_income_type",
        data_type="categorical",
        label_fr="Type de revenu",
        label_en="Income type",
        theme="income_employment",
        unit="category",
        is_protected=False,
        typical="Working",
        categories=INCOME_TYPES,
    ),
    _numeric(
        "application_age_years",
        "Âge",
        "Age",
        "personal_situation",
        "years",
        is_protected=True,
    ),
    _numeric(
        "application_has_car",
        "Possède une voiture",
        "Owns a car",
        "personal_situation",
        "flag",
    ),
    _numeric(
        "bureau_debt_to_credit_ratio",
        "Dette rapportée aux crédits",
        "Debt to credit",
        "bureau_debt",
        "ratio",
    ),
    _numeric(
        "installments_days_late_max_12m",
        "Plus long retard de paiement sur 12 mois",
        "Longest payment delay in 12 months",
        "payment_discipline",
        "days",
    ),
    _numeric(
        "installments_late_share_12m",
        "Part des échéances payées en retard sur 12 mois",
        "Share of instalments paid late in 12 months",
        "payment_discipline",
        "share",
    ),
)

Row = dict[str, object]


def make_clients(count: int, seed: int = 0) -> tuple[list[Row], np.ndarray]:
    """Invent feature rows and whether each client defaulted."""
    rng = np.random.default_rng(seed)
    external = rng.beta(3, 3, size=(2, count))
    credit = rng.lognormal(13, 0.6, count)
    income = rng.lognormal(11.9, 0.5, count)
    annuity_share = credit / 20 / income
    employment = rng.gamma(2, 3, count)
    age = rng.uniform(21, 69, count)
    debt = rng.gamma(1, 0.4, count)
    late_days = np.where(rng.random(count) < 0.6, 0, rng.gamma(1, 15, count)).round()
    late_share = np.where(late_days > 0, rng.beta(1, 6, count), 0.0)
    income_type = rng.choice([c.code for c in INCOME_TYPES], count, p=[0.7, 0.2, 0.1])
    has_car = rng.random(count) < 0.35
    log_odds = (
        0.1
        - 6.5 * external.mean(axis=0)
        + 1.0 * np.minimum(annuity_share, 1)
        - 0.06 * employment
        - 0.015 * (age - 40)
        + 0.6 * debt
        + 0.02 * late_days
        + 1.5 * late_share
        + 0.3 * (income_type == "Working")
    )
    is_default = rng.random(count) < 1 / (1 + np.exp(-log_odds))
    columns: dict[str, list[object]] = {
        "application_external_score_2": list(map(float, external[0])),
        "application_external_score_mean": list(map(float, external.mean(axis=0))),
        "application_credit_amount": list(map(float, credit.round(2))),
        "application_annuity_to_income_ratio": list(map(float, annuity_share)),
        "application_income_amount": list(map(float, income.round(2))),
        "application_employment_years": list(map(float, employment)),
        "application_income_type": list(map(str, income_type)),
        "application_age_years": list(map(float, age)),
        "application_has_car": list(map(float, has_car)),
        "bureau_debt_to_credit_ratio": list(map(float, debt)),
        "installments_days_late_max_12m": list(map(float, late_days)),
        "installments_late_share_12m": list(map(float, late_share)),
    }
    missing = rng.random((len(FEATURES), count)) < 0.06
    for position, feature in enumerate(FEATURES):
        values = columns[feature.name]
        columns[feature.name] = [
            None if is_missing else value
            for value, is_missing in zip(values, missing[position], strict=True)
        ]
    names = list(columns)
    rows = [
        dict(zip(names, values, strict=True))
        for values in zip(*columns.values(), strict=True)
    ]
    return rows, is_default


def make_artefact(
    models_dir: Path,
    *,
    seed: int = 0,
    clients: int = 3000,
    version: str = "20260101T000000Z-synthetic",
    knots: tuple[tuple[float, float], ...] = ((-4.0, -4.0), (0.0, 0.0)),
) -> Path:
    """Train on invented clients and write ``models_dir/<version>``."""
    rows, is_default = make_clients(clients, seed)
    matrix = FeatureEncoder(FEATURES).encode_many(rows)
    booster = lightgbm.train(
        {
            "objective": "binary",
            "learning_rate": 0.05,
            "num_leaves": 15,
            "min_child_samples": 30,
            "seed": seed,
            "deterministic": True,
            "num_threads": 1,
            "verbosity": -1,
        },
        lightgbm.Dataset(
            matrix,
            label=is_default,
            categorical_feature=[
                index
                for index, feature in enumerate(FEATURES)
                if feature.data_type == "categorical"
            ],
        ),
        num_boost_round=80,
    )
    typical = np.nanmedian(matrix, axis=0)
    features = tuple(
        feature
        if feature.data_type == "categorical"
        else replace(feature, typical=float(typical[index]))
        for index, feature in enumerate(FEATURES)
    )
    costs = CostMatrix()
    base_value = float(
        np.asarray(booster.predict(matrix[:1], pred_contrib=True))[0, -1]
    )
    manifest = Manifest(
        version=version,
        created_at="2026-01-01T00:00:00Z",
        git_revision=None,
        library_versions={"lightgbm": lightgbm.__version__, "numpy": np.__version__},
        data_fingerprint="synthetic",
        training={"rows": {"labelled": clients, "defaults": int(is_default.sum())}},
        features=features,
        themes=THEMES,
        cost_matrix=costs,
        decision_rule=DecisionRule(costs.threshold, (0.08, 0.105)),
        scale=PointsScale(costs.threshold),
        ratings=(
            RatingBand("A", 680.0, 0.01, 0.1, (0.0, 0.02)),
            RatingBand("B", 640.0, 0.03, 0.2, (0.02, 0.04)),
            RatingBand("C", 600.0, 0.07, 0.3, (0.06, 0.08)),
            RatingBand("D", 560.0, 0.13, 0.25, (0.1, 0.16)),
            RatingBand("E", None, 0.3, 0.15, (0.25, 0.35)),
        ),
        calibrator=Calibrator.from_knots(knots),
        base_value=base_value,
        metrics={"auc": {"value": 0.75, "low": 0.73, "high": 0.77}},
    )
    return write_artefact(
        models_dir,
        manifest,
        booster.model_to_string(),
        golden_rows(seed),
        population=population_of(
            rows, manifest.calibrator, unseen_margins(booster, seed)
        ),
    )


def unseen_margins(booster: lightgbm.Booster, seed: int) -> np.ndarray:
    """Score clients of whom the model has not learned."""
    rows, _ = make_clients(1000, seed + 2)
    return booster.predict(FeatureEncoder(FEATURES).encode_many(rows), raw_score=True)


def population_of(
    rows: list[Row], calibrator: Calibrator, margins: np.ndarray
) -> Population:
    """Count the invented clients, and the scores of others."""
    columns = {feature: [row[feature.name] for row in rows] for feature in FEATURES}
    return Population(
        clients=len(rows),
        score=Profile.of_numbers(calibrator.probability(margins)),
        features={
            feature.name: Profile.of_codes(
                column,  # type: ignore[arg-type]
                [category.code for category in feature.categories],
            )
            if feature.categories
            else Profile.of_numbers(column)
            for feature, column in columns.items()
        },
    )


def golden_rows(seed: int) -> list[Row]:
    """Rows that test the model, one of them all missing, one with a foreign code."""
    rows, _ = make_clients(20, seed + 1)
    rows.append(dict.fromkeys(rows[0]))
    rows.append(rows[0] | {"application_income_type": "Businessman"})
    return rows
