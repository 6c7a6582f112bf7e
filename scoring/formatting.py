"""Values as people write them, in French and in English."""

from scoring.feature import Feature, Language, Unit

# French typography: a narrow no-break space between thousands, a no-break space
# before the percent sign and before units, a comma for the decimals.
_NARROW_SPACE = "\u202f"
_NO_BREAK_SPACE = "\u00a0"
_MINUS = "\u2212"

_MISSING = {"fr": "non renseigné", "en": "not known"}
_UNKNOWN_CODE = {"fr": "valeur inconnue du modèle", "en": "value unknown to the model"}
_FLAG = {"fr": ("non", "oui"), "en": ("no", "yes")}
_TIME_UNITS: dict[Unit, dict[Language, tuple[str, str]]] = {
    "days": {"fr": ("jour", "jours"), "en": ("day", "days")},
    "months": {"fr": ("mois", "mois"), "en": ("month", "months")},
    "years": {"fr": ("an", "ans"), "en": ("year", "years")},
}
_LESS = {
    "year": {"fr": "moins d\u2019un an", "en": "less than a year"},
    "month": {"fr": "moins d\u2019un mois", "en": "less than a month"},
}
# From here on a decimal tells nobody anything.
_WHOLE_FROM = 100
_MAX_DECIMALS: dict[Unit, int] = {
    "ratio": 2,
    "count": 1,
    "days": 1,
    "months": 1,
    "years": 1,
    "score": 3,
    "index": 3,
}


def format_value(
    feature: Feature, value: float | str | None, language: Language
) -> str:
    """Write a feature's value with its unit.

    Parameters
    ----------
    feature : Feature
        Gives the unit and, for codes, their labels.
    value : float, str or None
        None where nothing is known.
    language : {"fr", "en"}

    Returns
    -------
    str
        For instance ``"45 %"``, ``"3,2 ans"``, ``"not known"``.
    """
    if value is None:
        return _MISSING[language]
    if isinstance(value, str):
        return _format_code(feature, value, language)
    return _format_quantity(feature.unit, value, language)


def format_number(value: float, language: Language, decimals: int = 0) -> str:
    """Write a number with at most so many decimals, none of them a trailing zero."""
    text = f"{abs(value):,.{decimals}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    if language == "fr":
        text = text.replace(",", _NARROW_SPACE).replace(".", ",")
    is_negative = value < 0 and any(digit in text for digit in "123456789")
    return (_MINUS if is_negative else "") + text


def _format_code(feature: Feature, code: str, language: Language) -> str:
    for category in feature.categories:
        if category.code == code:
            return category.label(language)
    return _UNKNOWN_CODE[language]


def _format_quantity(unit: Unit, value: float, language: Language) -> str:
    if unit == "flag" and value in (0.0, 1.0):
        return _FLAG[language][int(value)]
    if unit in ("share", "flag"):
        return _format_share(value, language)
    if unit == "amount":
        return format_number(value, language, 0 if abs(value) >= _WHOLE_FROM else 2)
    if unit == "years" and 0 <= value < 1:
        return _format_part_of_year(value, language)
    decimals = 0 if abs(value) >= _WHOLE_FROM else _MAX_DECIMALS.get(unit, 3)
    number = format_number(value, language, decimals)
    if unit not in _TIME_UNITS:
        return number
    singular, plural = _TIME_UNITS[unit][language]
    return number + _NO_BREAK_SPACE + _inflect(value, singular, plural, language)


def _format_part_of_year(years: float, language: Language) -> str:
    # Some years are whole by their source, so nought says no more than this.
    if years == 0:
        return _LESS["year"][language]
    months = min(11, round(12 * years))
    if months == 0:
        return _LESS["month"][language]
    return _format_quantity("months", months, language)


def _format_share(value: float, language: Language) -> str:
    percent = value * 100
    text = format_number(percent, language, 0 if abs(percent) >= 10 else 1)
    return text + (_NO_BREAK_SPACE + "%" if language == "fr" else "%")


def _inflect(value: float, singular: str, plural: str, language: Language) -> str:
    """Choose the form: French is singular below two, English at one alone."""
    is_singular = abs(value) < 2 if language == "fr" else abs(value) == 1
    return singular if is_singular else plural
