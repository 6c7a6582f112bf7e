"""Advice in words, in French and English."""

from collections.abc import Mapping

from function_app.schemas.overrides import Application, changed_columns, term_of
from function_app.simulation.advice_search import Candidate
from scoring import Decision, Language, format_number

_DECISIONS: Mapping[Language, Mapping[Decision, str]] = {
    "fr": {
        "grant": "l'accord",
        "review": "un examen par un conseiller",
        "refuse": "le refus",
    },
    "en": {"grant": "granted", "review": "a person's review", "refuse": "refused"},
}
_AMOUNT: Mapping[Language, str] = {
    "fr": "en empruntant {0} au lieu de {1}",
    "en": "borrowing {0} instead of {1}",
}
_GOODS: Mapping[Language, str] = {
    "fr": "pour un achat de {0} au lieu de {1}",
    "en": "for a purchase of {0} instead of {1}",
}
_TERM: Mapping[Language, str] = {
    "fr": "avec une durée de {0} mois au lieu de {1}",
    "en": "with a term of {0} months instead of {1}",
}
_END: Mapping[Language, str] = {
    "fr": "(mensualité de {0} au lieu de {1}), la décision serait {2}.",
    "en": "(annuity of {0} instead of {1}), the decision would be: {2}.",
}
_STATEMENTS: Mapping[Language, Mapping[str, str]] = {
    "fr": {
        "granted": (
            "La demande est accordée : aucun changement n\u2019est à conseiller."
        ),
        "found": (
            "Chaque proposition a été calculée par le modèle qui décide ; une nouvelle "
            "demande serait décidée à nouveau. Les durées s\u2019entendent hors "
            "intérêts."
        ),
        "none": (
            "Aucun des changements de montant, de prix du bien ou de durée essayés ne "
            "mènerait à une meilleure décision."
        ),
    },
    "en": {
        "granted": "The request is granted: there is no change to advise.",
        "found": (
            "Each proposal was computed by the model that decides; a new request would "
            "be decided anew. Terms leave interest aside."
        ),
        "none": (
            "None of the changes of amount, price of the goods or term that were tried "
            "would lead to a better decision."
        ),
    },
}


def sentence(
    application: Application,
    candidate: Candidate,
    decision: Decision,
    language: Language,
) -> str:
    """Say what would be asked for instead, and how that would be decided."""
    asked = {**application, **changed_columns(application, candidate.overrides)}
    parts = [
        words[language].format(
            _money(asked[field], language), _money(application[field], language)
        )
        for field, words in (
            ("credit_amount", _AMOUNT),
            ("goods_price_amount", _GOODS),
        )
        if field in candidate.overrides
    ]
    if "term_months" in candidate.overrides:
        parts.append(
            _TERM[language].format(
                *(_months(which, language) for which in (asked, application))
            )
        )
    end = _END[language].format(
        _money(asked["annuity_amount"], language),
        _money(application["annuity_amount"], language),
        _DECISIONS[language][decision],
    )
    text = f"{', '.join(parts)} {end}"
    return text[0].upper() + text[1:]


def statement(decision: Decision, found: int, language: Language) -> str:
    """Say what the search as a whole came to."""
    if decision == "grant":
        return _STATEMENTS[language]["granted"]
    return _STATEMENTS[language]["found" if found else "none"]


def _money(amount: float, language: Language) -> str:
    return format_number(amount, language)


def _months(application: Application, language: Language) -> str:
    term = term_of(application)
    return format_number(term or 0, language)
