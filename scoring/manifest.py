"""The manifest: all that a model is, except its trees.

It is plain JSON of a fixed schema, read field by field: what is absent, of another
type, or contradicts itself is refused with the place of the fault.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NoReturn, TypeVar, cast, get_args

from scoring.calibration import Calibrator
from scoring.cost import CostMatrix
from scoring.decision import DecisionRule
from scoring.errors import ArtefactError, ScoringError
from scoring.evidence import Evidence
from scoring.feature import Category, DataType, Feature, Theme, Unit
from scoring.points import PointsScale, RatingBand

SCHEMA_VERSION = 1

_Value = TypeVar("_Value")


@dataclass(frozen=True)
class Manifest:
    """What a model folder says about its model.

    Attributes
    ----------
    version : str
        Name of the model's folder.
    created_at : str
        ISO 8601, UTC.
    git_revision : str or None
        None when trained outside a repository.
    library_versions : mapping of str to str
    data_fingerprint : str
        Of the rows that the model was trained on.
    training : mapping of str to object
        Row counts, options and code fingerprint of the training run.
    features : tuple of Feature
        In the booster's order.
    themes : tuple of Theme
    cost_matrix : CostMatrix
    decision_rule : DecisionRule
    scale : PointsScale
    ratings : tuple of RatingBand
        Safest first; the last one has no floor.
    calibrator : Calibrator
    base_value : float
        Average margin, from which the contributions start.
    metrics : mapping of str to object
        ``{name: {"value": ..., "low": ..., "high": ...}}``.
    evidence : Evidence, optional
        What training showed of its decisions; None where an earlier program trained.
    """

    version: str
    created_at: str
    git_revision: str | None
    library_versions: Mapping[str, str]
    data_fingerprint: str
    training: Mapping[str, Any]
    features: tuple[Feature, ...]
    themes: tuple[Theme, ...]
    cost_matrix: CostMatrix
    decision_rule: DecisionRule
    scale: PointsScale
    ratings: tuple[RatingBand, ...]
    calibrator: Calibrator
    base_value: float
    metrics: Mapping[str, Any]
    evidence: Evidence | None = None

    def __post_init__(self) -> None:
        """Refuse a manifest whose parts contradict each other."""
        names = [feature.name for feature in self.features]
        if not names or len(set(names)) < len(names):
            _refuse("features", "must be present, each once")
        unknown = {f.theme for f in self.features} - {t.code for t in self.themes}
        if unknown:
            _refuse("themes", f"lack {', '.join(sorted(unknown))}")
        for feature in self.features:
            if (feature.data_type == "categorical") != bool(feature.categories):
                _refuse(feature.name, "needs categories if, and only if, categorical")
        floors = [band.min_points for band in self.ratings]
        if not floors or floors[-1] is not None or None in floors[:-1]:
            _refuse("ratings", "must end with the one band that has no floor")
        reached = [floor for floor in floors if floor is not None]
        if any(above <= below for above, below in pairwise(reached)):
            _refuse("ratings", "must go from the most points to the fewest")
        if self.decision_rule.threshold != self.scale.threshold:
            _refuse("threshold", "differs between the decision and the points")

    def public(self) -> dict[str, object]:
        """Return the part that may be shown to every caller, ready for JSON."""
        document = self.to_dict()
        hidden = ("schema_version", "calibrator", "training", "library_versions")
        return {key: value for key, value in document.items() if key not in hidden} | {
            "training_rows": self.training.get("rows", {})
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the document that ``from_dict`` reads."""
        return {
            "schema_version": SCHEMA_VERSION,
            "version": self.version,
            "created_at": self.created_at,
            "git_revision": self.git_revision,
            "library_versions": dict(self.library_versions),
            "data_fingerprint": self.data_fingerprint,
            "training": dict(self.training),
            "cost_matrix": {
                "false_positive_cost": self.cost_matrix.false_positive_cost,
                "false_negative_cost": self.cost_matrix.false_negative_cost,
            },
            "threshold": self.decision_rule.threshold,
            "review_band": list(self.decision_rule.review_band),
            "points": {"base": self.scale.base, "pdo": self.scale.pdo},
            "ratings": [_rating_to_dict(band) for band in self.ratings],
            "calibrator": {"knots": [list(knot) for knot in self.calibrator.knots]},
            "base_value": self.base_value,
            "metrics": dict(self.metrics),
            "evidence": self.evidence and self.evidence.to_dict(),
            "themes": {
                theme.code: {
                    "fr": theme.label_fr,
                    "en": theme.label_en,
                    "importance": theme.importance,
                }
                for theme in self.themes
            },
            "features": [_feature_to_dict(feature) for feature in self.features],
        }

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> "Manifest":
        """Read a manifest.

        Raises
        ------
        ArtefactError
            If the schema version is another, or a field is absent or wrong.
        """
        version = document.get("schema_version")
        if version != SCHEMA_VERSION:
            raise ArtefactError(
                f"The manifest has schema version {version!r}; this program reads "
                f"version {SCHEMA_VERSION}. Train the model again or deploy the "
                "matching program."
            )
        try:
            return cls._from_known_schema(_Fields(document, "manifest"))
        except ArtefactError:
            raise
        except ScoringError as error:
            raise ArtefactError(f"The manifest contradicts itself: {error}") from error

    @classmethod
    def _from_known_schema(cls, fields: "_Fields") -> "Manifest":
        costs = fields.child("cost_matrix")
        points = fields.child("points")
        threshold = fields.number("threshold")
        themes = fields.child("themes")
        return cls(
            version=fields.text("version"),
            created_at=fields.text("created_at"),
            git_revision=fields.optional("git_revision", fields.text),
            library_versions=fields.mapping("library_versions"),
            data_fingerprint=fields.text("data_fingerprint"),
            training=fields.mapping("training"),
            features=tuple(map(_read_feature, fields.children("features"))),
            themes=tuple(_read_theme(code, themes) for code in themes.names),
            cost_matrix=CostMatrix(
                costs.number("false_positive_cost"), costs.number("false_negative_cost")
            ),
            decision_rule=DecisionRule(threshold, fields.pair("review_band")),
            scale=PointsScale(threshold, points.number("base"), points.number("pdo")),
            ratings=tuple(map(_read_rating, fields.children("ratings"))),
            calibrator=Calibrator.from_knots(fields.child("calibrator").pairs("knots")),
            base_value=fields.number("base_value"),
            metrics=fields.mapping("metrics"),
            evidence=_read_evidence(fields),
        )


def to_json(document: Mapping[str, Any]) -> bytes:
    """Write a document as JSON that every standard reader takes.

    Raises
    ------
    ArtefactError
        If a number is not finite or a value has no JSON form.
    """
    try:
        text = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ArtefactError(
            f"The document cannot be written as JSON: {error}"
        ) from error
    return (text + "\n").encode()


def from_json(content: bytes, name: str) -> dict[str, Any]:
    """Read a JSON object, refusing numbers that JSON does not have.

    Raises
    ------
    ArtefactError
        Naming the file.
    """
    try:
        document = json.loads(content, parse_constant=_refuse_constant)
    except (UnicodeDecodeError, ValueError) as error:
        raise ArtefactError(f"{name} is not valid JSON: {error}") from error
    if not isinstance(document, dict):
        raise ArtefactError(f"{name} must hold a JSON object.")
    return document


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON number")


def _refuse(place: str, fault: str) -> NoReturn:
    raise ArtefactError(f"The manifest is refused: {place} {fault}.")


class _Fields:
    """Typed access to the fields of one JSON object."""

    def __init__(self, document: object, place: str) -> None:
        if not isinstance(document, Mapping):
            _refuse(place, "must be an object")
        self._document = document
        self._place = place

    @property
    def names(self) -> list[str]:
        return list(self._document)

    def _get(self, name: str) -> Any:
        if name not in self._document:
            _refuse(f"{self._place}.{name}", "is absent")
        return self._document[name]

    def text(self, name: str) -> str:
        value = self._get(name)
        if not isinstance(value, str):
            _refuse(f"{self._place}.{name}", "must be text")
        return value

    def number(self, name: str) -> float:
        return self._as_number(self._get(name), name)

    def flag(self, name: str) -> bool:
        value = self._get(name)
        if not isinstance(value, bool):
            _refuse(f"{self._place}.{name}", "must be true or false")
        return value

    def optional(self, name: str, read: Callable[[str], _Value]) -> _Value | None:
        return None if self._get(name) is None else read(name)

    def mapping(self, name: str) -> dict[str, Any]:
        value = self._get(name)
        if not isinstance(value, dict):
            _refuse(f"{self._place}.{name}", "must be an object")
        return value

    def child(self, name: str) -> "_Fields":
        return _Fields(self._get(name), f"{self._place}.{name}")

    def children(self, name: str) -> list["_Fields"]:
        return [
            _Fields(item, f"{self._place}.{name}[{index}]")
            for index, item in enumerate(self._list(name))
        ]

    def pair(self, name: str) -> tuple[float, float]:
        return self._as_pair(self._get(name), name)

    def pairs(self, name: str) -> list[tuple[float, float]]:
        return [self._as_pair(item, name) for item in self._list(name)]

    def _list(self, name: str) -> list[Any]:
        value = self._get(name)
        if not isinstance(value, list):
            _refuse(f"{self._place}.{name}", "must be a list")
        return value

    def _as_pair(self, value: object, name: str) -> tuple[float, float]:
        if not isinstance(value, list) or len(value) != 2:
            _refuse(f"{self._place}.{name}", "must be made of pairs of numbers")
        return self._as_number(value[0], name), self._as_number(value[1], name)

    def _as_number(self, value: object, name: str) -> float:
        if (
            not isinstance(value, int | float)
            or isinstance(value, bool)
            or not math.isfinite(value)
        ):
            _refuse(f"{self._place}.{name}", "must be a finite number")
        return float(value)


def _read_feature(fields: _Fields) -> Feature:
    data_type = fields.text("data_type")
    if data_type not in get_args(DataType):
        _refuse(fields.text("name"), f"has the unknown data type {data_type!r}")
    unit = fields.text("unit")
    if unit not in get_args(Unit):
        _refuse(fields.text("name"), f"has the unknown unit {unit!r}")
    read_typical: Callable[[str], float | str] = (
        fields.number if data_type == "numeric" else fields.text
    )
    return Feature(
        name=fields.text("name"),
        data_type=cast(DataType, data_type),
        label_fr=fields.text("label_fr"),
        label_en=fields.text("label_en"),
        theme=fields.text("theme"),
        unit=cast(Unit, unit),
        is_protected=fields.flag("is_protected"),
        typical=fields.optional("typical", read_typical),
        categories=tuple(map(_read_category, fields.children("categories"))),
    )


def _feature_to_dict(feature: Feature) -> dict[str, Any]:
    return {
        "name": feature.name,
        "data_type": feature.data_type,
        "label_fr": feature.label_fr,
        "label_en": feature.label_en,
        "theme": feature.theme,
        "unit": feature.unit,
        "is_protected": feature.is_protected,
        "typical": feature.typical,
        "categories": [
            {
                "code": category.code,
                "label_fr": category.label_fr,
                "label_en": category.label_en,
            }
            for category in feature.categories
        ],
    }


def _read_category(fields: _Fields) -> Category:
    return Category(
        fields.text("code"), fields.text("label_fr"), fields.text("label_en")
    )


def _read_theme(code: str, themes: _Fields) -> Theme:
    labels = themes.child(code)
    # Models of earlier programs do not tell it.
    importance = (
        labels.optional("importance", labels.number)
        if "importance" in labels.names
        else None
    )
    return Theme(code, labels.text("fr"), labels.text("en"), importance)


def _read_evidence(fields: _Fields) -> Evidence | None:
    # Later than the schema's version, which says what a program needs to serve.
    if "evidence" not in fields.names:
        return None
    document = fields.optional("evidence", fields.mapping)
    return None if document is None else Evidence.from_dict(document)


def _read_rating(fields: _Fields) -> RatingBand:
    return RatingBand(
        name=fields.text("name"),
        min_points=fields.optional("min_points", fields.number),
        default_rate=fields.optional("default_rate", fields.number),
        share=fields.number("share"),
        confidence_interval=fields.optional("ci", fields.pair),
    )


def _rating_to_dict(band: RatingBand) -> dict[str, Any]:
    interval = band.confidence_interval
    return {
        "name": band.name,
        "min_points": band.min_points,
        "default_rate": band.default_rate,
        "share": band.share,
        "ci": None if interval is None else list(interval),
    }
