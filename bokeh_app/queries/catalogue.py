"""The feature catalogue and the labels of codes: what may be asked and shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from psycopg2.sql import Identifier

from bokeh_app.errors import UnknownVariableError
from bokeh_app.sources.warehouse import Warehouse
from bokeh_app.texts import Language


@dataclass(frozen=True)
class Variable:
    """One column of `features.client_features`, as people call it."""

    name: str
    label_fr: str
    label_en: str
    theme: str
    theme_label_fr: str
    theme_label_en: str
    unit: str
    data_type: str
    code_set: str | None
    description: str

    @property
    def is_numeric(self) -> bool:
        """Whether the column holds numbers rather than codes."""
        return self.data_type == "numeric"

    @property
    def column(self) -> Identifier:
        """The column's name, quoted for SQL."""
        return Identifier(self.name)

    def label(self, language: Language) -> str:
        """Return the name of the variable in a language."""
        return self.label_fr if language == "fr" else self.label_en

    def theme_label(self, language: Language) -> str:
        """Return the name of its theme in a language."""
        return self.theme_label_fr if language == "fr" else self.theme_label_en


@dataclass(frozen=True)
class Catalogue:
    """All variables in their order, and the labels of all codes."""

    variables: Mapping[str, Variable]
    code_labels: Mapping[tuple[str, str], tuple[str, str]]

    def variable(self, name: str) -> Variable:
        """Return a listed variable: the only way to a column name in SQL.

        Raises
        ------
        UnknownVariableError
            If the catalogue does not list the name.
        """
        try:
            return self.variables[name]
        except KeyError:
            raise UnknownVariableError("No such variable in the catalogue.") from None

    def code_label(self, code_set: str, code: str, language: Language) -> str:
        """Return a code in words, or the code itself where no label is known."""
        french, english = self.code_labels.get((code_set, code), (code, code))
        return french if language == "fr" else english

    def codes(self, code_set: str) -> list[str]:
        """Return the codes of a set in alphabetical order."""
        return sorted(code for name, code in self.code_labels if name == code_set)


def read_catalogue(warehouse: Warehouse) -> Catalogue:
    """Read the feature catalogue and the code labels."""
    variables = warehouse.rows(
        """
        select
            feature_name as name,
            label_fr,
            label_en,
            theme,
            theme_label_fr,
            theme_label_en,
            unit,
            data_type,
            code_set,
            description
        from features.feature_catalogue
        order by position
        """
    )
    labels = warehouse.rows(
        "select code_set, code, label_fr, label_en from marts.ref_code_label"
    )
    return Catalogue(
        {row["name"]: Variable(**row) for row in variables},
        {
            (row["code_set"], row["code"]): (row["label_fr"], row["label_en"])
            for row in labels
        },
    )
