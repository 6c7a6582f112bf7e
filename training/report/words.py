"""Words and numbers of the report in both languages."""

from typing import Literal

Language = Literal["fr", "en"]

LANGUAGES: tuple[Language, ...] = ("fr", "en")

WORDS: dict[str, dict[Language, str]] = {
    "threshold_axis": {
        "fr": "Seuil de refus (probabilité de défaut)",
        "en": "Refusal threshold (probability of default)",
    },
    "cost_axis": {"fr": "Coût moyen par client", "en": "Mean cost per client"},
    "grant_everyone": {
        "fr": "Accepter tout le monde",
        "en": "Granting everyone",
    },
    "review_band": {"fr": "Zone d'examen humain", "en": "Human review band"},
    "business": {"fr": "Seuil métier", "en": "Business threshold"},
    "empirical": {
        "fr": "Moindre coût constaté",
        "en": "Least observed cost",
    },
    "f1": {"fr": "Meilleur F1", "en": "Best F1"},
    "f2": {"fr": "Meilleur F2", "en": "Best F2"},
    "accuracy": {"fr": "Meilleure exactitude", "en": "Best accuracy"},
    "half": {"fr": "Probabilité 0,5", "en": "Probability 0.5"},
    "by_client": {"fr": "Seuil propre à chaque client", "en": "Each client's own"},
    "one_threshold": {
        "fr": "Moindre argent perdu, même seuil",
        "en": "Least money lost, one threshold",
    },
    "none": {"fr": "Sans calibration", "en": "Uncalibrated"},
    "platt": {"fr": "Droite de Platt", "en": "Platt's line"},
    "isotonic": {"fr": "Isotonique", "en": "Isotonic"},
    "beta": {"fr": "Bêta", "en": "Beta"},
    "venn_abers": {"fr": "Venn-Abers", "en": "Venn-Abers"},
    "as_is": {"fr": "Le modèle livré", "en": "The shipped model"},
    "without_proxies": {
        "fr": "Sans les variables qui révèlent le sexe",
        "en": "Without the features that reveal gender",
    },
    "without_protected": {
        "fr": "Sans âge, famille, domicile",
        "en": "Without age, family, place of residence",
    },
    "reweighed": {"fr": "Repondéré par sexe", "en": "Reweighed by gender"},
    "with_gender": {
        "fr": "Avec le sexe (expérience)",
        "en": "With gender (experiment)",
    },
    "equal_approval": {
        "fr": "Autant d'accords pour chaque sexe",
        "en": "As many grants for each gender",
    },
    "everyone": {"fr": "Accepter tout le monde", "en": "Granting everyone"},
    "predicted": {"fr": "Taux de défaut prédit", "en": "Predicted default rate"},
    "observed": {"fr": "Taux de défaut constaté", "en": "Observed default rate"},
    "observed_short": {"fr": "Taux de défaut", "en": "Default rate"},
    "perfect": {"fr": "Accord parfait", "en": "Perfect agreement"},
    "clients_of_fold": {
        "fr": "Dix groupes de clients, intervalle à 95 %",
        "en": "Ten groups of clients, 95% interval",
    },
    "refused_good": {
        "fr": "Bons clients refusés",
        "en": "Good clients refused",
    },
    "refused_bad": {
        "fr": "Clients défaillants refusés",
        "en": "Defaulters refused",
    },
    "chance": {"fr": "Au hasard", "en": "By chance"},
    "model": {"fr": "Modèle", "en": "Model"},
    "decile_axis": {
        "fr": "Dixièmes de clients, du plus au moins risqué",
        "en": "Tenths of clients, riskiest first",
    },
    "mean_rate": {"fr": "Taux moyen", "en": "Mean rate"},
    "points_axis": {
        "fr": "Points (plus il y en a, plus c'est sûr)",
        "en": "Points (the more, the safer)",
    },
    "share_of_group": {
        "fr": "Part de chaque groupe",
        "en": "Share of each group",
    },
    "good": {"fr": "Ont remboursé", "en": "Repaid"},
    "bad": {"fr": "Ont fait défaut", "en": "Defaulted"},
    "threshold_points": {
        "fr": "Seuil : 600 points",
        "en": "Threshold: 600 points",
    },
    "points_moved": {
        "fr": "Points déplacés en moyenne par client",
        "en": "Points moved per client, on average",
    },
    "mean_absolute_points": {
        "fr": "SHAP : points déplacés",
        "en": "SHAP: points moved",
    },
    "gain_share": {"fr": "Gain : part", "en": "Gain: share"},
    "auc_loss": {"fr": "Permutation : AUC perdue", "en": "Permutation: AUC lost"},
    "points_moved_by_it": {"fr": "Points au score", "en": "Points of the score"},
    "points_short": {"fr": "Points en moyenne", "en": "Points on average"},
    "in_scorecard": {"fr": "Dans la grille", "en": "In the scorecard"},
    "in_trees": {"fr": "Dans les arbres", "en": "In the trees"},
    "against": {"fr": "En défaveur", "en": "Against"},
    "in_favour": {"fr": "En faveur", "en": "In favour"},
    "grant": {"fr": "Accordé", "en": "Granted"},
    "review": {"fr": "Examen par une personne", "en": "Reviewed by a person"},
    "refuse": {"fr": "Refusé", "en": "Refused"},
    "stable": {"fr": "stable", "en": "stable"},
    "watch": {"fr": "à surveiller", "en": "to be watched"},
    "act": {"fr": "à traiter", "en": "to be acted upon"},
    "unknown": {"fr": "inconnu", "en": "unknown"},
    "F": {"fr": "Femmes", "en": "Women"},
    "M": {"fr": "Hommes", "en": "Men"},
    "auc": {"fr": "AUC", "en": "AUC"},
    "gini": {"fr": "Gini", "en": "Gini"},
    "ks": {"fr": "KS (Kolmogorov-Smirnov)", "en": "KS (Kolmogorov-Smirnov)"},
    "average_precision": {"fr": "Précision moyenne", "en": "Average precision"},
    "brier": {"fr": "Score de Brier", "en": "Brier score"},
    "log_loss": {"fr": "Perte logarithmique", "en": "Log loss"},
    "calibration_slope": {
        "fr": "Pente de calibration (1 = juste)",
        "en": "Calibration slope (1 = right)",
    },
    "cost_per_client": {
        "fr": "Coût moyen par client au seuil métier",
        "en": "Mean cost per client at the business threshold",
    },
}


def word(key: str, language: Language) -> str:
    """Return a word of the report; the key itself where it needs no translation."""
    return WORDS[key][language] if key in WORDS else key


def number(value: float, decimals: int, language: Language) -> str:
    """Write a number with fixed decimals."""
    text = f"{abs(value):,.{decimals}f}"
    if language == "fr":
        text = text.replace(",", "\u202f").replace(".", ",")
    return ("\u2212" if value < 0 and text.strip("0,.") else "") + text


def percent(value: float, decimals: int, language: Language) -> str:
    """Write a share as a percentage."""
    text = number(100 * value, decimals, language)
    return text + ("\u00a0%" if language == "fr" else "%")
