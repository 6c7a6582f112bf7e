"""The feature catalogue: what each column of the feature table is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast, get_args

from psycopg2 import extensions
from psycopg2.errors import InsufficientPrivilege, UndefinedColumn, UndefinedTable

from scoring import Category, DataType, Feature, Theme, Unit
from training.errors import FeatureTableError

_CATALOGUE_QUERY = """
    select
        feature_name,
        data_type,
        label_fr,
        label_en,
        theme,
        unit,
        is_protected,
        theme_label_fr,
        theme_label_en,
        code_set
    from features.feature_catalogue
    order by position, feature_name
"""

_LABELS_QUERY = """
    select code_set, code, label_fr, label_en
    from marts.ref_code_label
    where code_set = any(%s)
"""


@dataclass(frozen=True)
class Catalogue:
    """Features in their order, their themes, and where their codes are labelled.

    Attributes
    ----------
    features : tuple of Feature
        Without typical values; categorical ones without categories.
    themes : tuple of Theme
        In the order of their first feature.
    code_sets : tuple of str or None
        One per feature.
    """

    features: tuple[Feature, ...]
    themes: tuple[Theme, ...]
    code_sets: tuple[str | None, ...]


def read_catalogue(connection: extensions.connection) -> Catalogue:
    """Read the catalogue.

    Raises
    ------
    FeatureTableError
        If it is absent, empty, or describes a feature in a way unknown to scoring.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute(_CATALOGUE_QUERY)
            rows = cursor.fetchall()
    except (UndefinedTable, UndefinedColumn, InsufficientPrivilege) as error:
        raise FeatureTableError(
            "features.feature_catalogue cannot be read as it should be "
            f"({str(error).splitlines()[0]}). Run `dbt build --project-dir "
            "dbt_project`."
        ) from error
    if not rows:
        raise FeatureTableError(
            "features.feature_catalogue is empty. Run `dbt build --project-dir "
            "dbt_project`."
        )
    themes = {row[4]: Theme(row[4], row[7], row[8]) for row in reversed(rows)}
    order = list(dict.fromkeys(row[4] for row in rows))
    return Catalogue(
        features=tuple(_feature(*row[:7]) for row in rows),
        themes=tuple(themes[code] for code in order),
        code_sets=tuple(row[9] for row in rows),
    )


def _feature(
    name: str,
    data_type: str,
    label_fr: str,
    label_en: str,
    theme: str,
    unit: str,
    is_protected: bool,
) -> Feature:
    if data_type not in get_args(DataType) or unit not in get_args(Unit):
        raise FeatureTableError(
            f"The catalogue gives {name} the data type {data_type!r} and the unit "
            f"{unit!r}; one of them is unknown."
        )
    return Feature(
        name=name,
        data_type=cast(DataType, data_type),
        label_fr=label_fr,
        label_en=label_en,
        theme=theme,
        unit=cast(Unit, unit),
        is_protected=is_protected,
        typical=None,
    )


def with_categories(
    connection: extensions.connection,
    catalogue: Catalogue,
    codes: dict[str, Sequence[str]],
) -> tuple[Feature, ...]:
    """Give every categorical feature its codes, labelled where labels exist.

    Parameters
    ----------
    connection : connection
    catalogue : Catalogue
    codes : dict of str to sequence of str
        Codes of each categorical feature, in the order of their indices.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LABELS_QUERY, ([s for s in catalogue.code_sets if s],))
        labels = {
            (code_set, code): (label_fr, label_en)
            for code_set, code, label_fr, label_en in cursor
        }
    features = []
    for feature, code_set in zip(catalogue.features, catalogue.code_sets, strict=True):
        categories = tuple(
            Category(code, *labels.get((code_set, code), (code, code)))
            for code in codes.get(feature.name, ())
        )
        features.append(replace(feature, categories=categories))
    return tuple(features)
