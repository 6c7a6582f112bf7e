# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#       jupytext_version: 1.19.6
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Scorer des clients sans historique : l'histoire des données et du modèle
#
# *In short, for readers of English: this notebook walks from the keyed marts to a
# decision. It shows the problems met in the data and how they were cleaned, looks at
# the features, compares a logistic regression, a random forest, LightGBM and LightGBM
# after SMOTE on the same folds, searches parameters with Hyperopt, derives the
# threshold from business costs instead of an F-score, and reads the model globally
# and for one client. It reads the database as `trainer`, who cannot write. The
# figures that the bank relies on are those of `python -m training run`: more folds,
# intervals, a held-out part.*
#
# Ce carnet raconte **comment** on arrive à une décision, avec les outils usuels. Les
# chiffres qui font foi sont ceux du rapport d'entraînement, mesurés avec plus de
# soin. Il s'exécute sur ce que contient l'entrepôt : clients inventés ou données
# réelles, sans rien changer.

# %%
import warnings

# Without widgets progress is shown as text, which is all a reader needs.
warnings.filterwarnings("ignore", "IProgress not found")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import shap
from hyperopt import STATUS_OK, Trials, fmin, hp, tpe
from imblearn.over_sampling import SMOTE
from imblearn.pipeline import make_pipeline as make_resampling_pipeline
from lightgbm import LGBMClassifier
from sklearn.calibration import calibration_curve
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import fbeta_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from scoring import CostMatrix, PointsScale
from training.data.feature_table import read_feature_table
from training.data.warehouse import warehouse
from training.validation.development import Development

# Arrays go in without column names, which LightGBM gives itself when it learns; shap
# has long given one array of contributions and still announces it.
warnings.filterwarnings("ignore", "X does not have valid feature names")
warnings.filterwarnings("ignore", "LightGBM binary classifier with TreeExplainer")
plt.rcParams |= {"figure.figsize": (8, 3.6), "axes.spines.top": False}
plt.rcParams |= {"axes.spines.right": False, "figure.dpi": 80}
SEED = 0


def ask(query: str) -> pd.DataFrame:
    """Return the rows of a query, asked as `trainer`, who reads only."""
    with warehouse() as connection, connection.cursor() as cursor:
        cursor.execute(query)
        columns = [column.name for column in cursor.description]
        return pd.DataFrame(cursor.fetchall(), columns=columns)


# %% [markdown]
# ## 1. Les données
#
# Huit fichiers deviennent des tables à clés : une ligne par client, par crédit
# ailleurs, par demande antérieure, par échéance, par mois. L'issue (`is_default`)
# n'est connue que d'une partie des clients.

# %%
ask("""
    select 'dim_client' as mart, count(*) as lignes from marts.dim_client
    union all
    select 'fct_bureau_credit', count(*) from marts.fct_bureau_credit
    union all
    select 'fct_previous_application', count(*) from marts.fct_previous_application
    union all
    select 'fct_installment', count(*) from marts.fct_installment
    union all
    select 'fct_pos_month', count(*) from marts.fct_pos_month
    union all
    select 'fct_card_month', count(*) from marts.fct_card_month
""")

# %%
clients = ask("""
    select
        client_id, is_default, age_years, employment_years, is_employment_unknown,
        income_amount, credit_amount, annuity_amount, external_score_1,
        external_score_2, external_score_3
    from marts.dim_client
""").astype({"income_amount": float, "credit_amount": float, "annuity_amount": float})
labelled = clients[clients["is_default"].notna()].astype({"is_default": bool})
print(f"{len(clients):,} clients, {len(labelled):,} d'issue connue")
print(f"taux de défaut : {labelled['is_default'].mean():.1%}")

# %% [markdown]
# ## 2. Problèmes rencontrés, et leur nettoyage
#
# **Un nombre qui veut dire « jamais ».** L'ancienneté dans l'emploi vaut 365 243
# jours — mille ans — chez les retraités et les sans-emploi. Gardée telle quelle, elle
# tire moyennes et coefficients. La couche `staging` en fait une valeur manquante et
# un indicateur, qui porte lui-même une information :

# %%
known = ~labelled["is_employment_unknown"].astype(bool)
pd.DataFrame(
    {
        "clients": known.groupby(known).size(),
        "taux de défaut": labelled.groupby(known)["is_default"].mean().round(4),
        "âge moyen": labelled["age_years"].astype(float).groupby(known).mean().round(1),
    }
).rename(index={False: "ancienneté inconnue", True: "ancienneté connue"})

# %% [markdown]
# **Des mouvements sans crédit.** Des mois et des échéances désignent un crédit qui
# n'est pas dans les demandes. Une jointure interne les perdrait en silence. Le crédit
# reçoit une ligne d'en-tête (`has_application = false`), l'historique garde sa clé :

# %%
ask("""
    select has_application, count(*) as credits, count(distinct client_id) as clients
    from marts.fct_previous_application
    group by has_application
    order by has_application
""")

# %% [markdown]
# **Des échéances en plusieurs versions.** Le même paiement est alors répété ; le
# compter par version invente des trop-payés. Le grain honnête est (crédit, numéro
# d'échéance) : dus additionnés, chaque paiement compté une fois.

# %%
ask("""
    select
        version_count, count(*) as echeances,
        round(sum(paid_amount)::numeric / nullif(sum(due_amount)::numeric, 0), 3)
            as paye_sur_du
    from marts.fct_installment
    group by version_count
    order by version_count
""")

# %% [markdown]
# **Des valeurs extrêmes.** Les revenus s'étalent sur plusieurs ordres de grandeur.
# Les arbres n'en souffrent pas ; les rapports (annuité sur revenu) parlent mieux que
# les montants.

# %%
fig, (left, right) = plt.subplots(1, 2)
left.hist(np.log10(clients["income_amount"]), bins=40, color="#0072B2")
left.set_xlabel("revenu annuel (log10)")
ratio = (clients["annuity_amount"] / clients["income_amount"]).clip(upper=0.6)
right.hist(ratio.dropna(), bins=40, color="#E69F00")
right.set_xlabel("annuité / revenu")
fig.tight_layout()

# %% [markdown]
# **Beaucoup d'inconnu.** Un score externe manque souvent. On n'impute pas : les
# arbres savent brancher sur l'absence, et l'absence parle.

# %%
scores = [f"external_score_{i}" for i in (1, 2, 3)]


def rate_where(condition: pd.Series) -> float:
    """Return the default rate of the clients for whom a condition holds."""
    return labelled.loc[condition, "is_default"].mean()


missing = pd.DataFrame(
    {
        "part inconnue": labelled[scores].isna().mean(),
        "défaut si connu": [rate_where(labelled[name].notna()) for name in scores],
        "défaut si inconnu": [rate_where(labelled[name].isna()) for name in scores],
    }
)
missing.round(3)

# %% [markdown]
# ## 3. Les variables
#
# Elles sont calculées en SQL, une seule fois, et servies telles quelles au modèle, à
# l'API et à la simulation. `read_feature_table` les lit avec leur catalogue.

# %%
with warehouse() as connection:
    table = read_feature_table(connection)
themes = {theme.code: theme.label_fr for theme in table.themes}
catalogue = pd.DataFrame(
    [(f.name, themes[f.theme], f.unit, f.label_fr) for f in table.features],
    columns=["nom", "thème", "unité", "libellé"],
)
catalogue.groupby("thème").agg(variables=("nom", "size"), exemple=("libellé", "first"))

# %% [markdown]
# Un retard **récent** dit plus qu'un vieux : le pire retard de toute une vie n'est
# même pas monotone en risque. D'où des fenêtres de temps.

# %%
features = pd.DataFrame(table.labelled, columns=[f.name for f in table.features])
outcome = pd.Series(table.is_default, name="défaut")
recent, ever = (f"installments_days_late_max{w}" for w in ("_12m", ""))
bins = [-np.inf, 0, 7, 30, np.inf]
names = ["à l'heure", "≤ 7 j", "8 à 30 j", "> 30 j"]
late = pd.DataFrame(
    {
        "douze derniers mois": outcome.groupby(
            pd.cut(features[recent], bins, labels=names), observed=False
        ).mean(),
        "toute la vie": outcome.groupby(
            pd.cut(features[ever], bins, labels=names), observed=False
        ).mean(),
    }
)
ax = late.plot.bar(rot=0, color=["#D55E00", "#8A8F98"])
ax.set_ylabel("taux de défaut")
ax.figure.tight_layout()

# %% [markdown]
# **Fuites.** Aucune variable ne lit au-delà de la demande. Un contrôle simple : une
# variable seule ne doit pas presque tout dire.

# %%
filled = features.fillna(features.median())
alone = filled.apply(lambda column: roc_auc_score(outcome, column))
alone = (alone - 0.5).abs().sort_values(ascending=False).head(8) + 0.5
assert alone.max() < 0.81, "une variable seule en sait trop : chercher la fuite"
alone.rename("AUC seule").round(3).to_frame()

# %% [markdown]
# ## 4. Modéliser
#
# Un cinquième des clients est mis de côté par une fonction de leur numéro, et **n'est
# pas lu ici** : seul l'entraînement officiel le lit, une fois. Tout est ajusté à
# l'intérieur des plis — imputation, SMOTE et échelle compris, grâce aux *pipelines*.

# %%
part = Development.of(table)
X, y = part.matrix, part.is_default
folds = StratifiedKFold(3, shuffle=True, random_state=SEED)
print(
    f"{len(y):,} clients de développement, {y.sum():,} défauts, {X.shape[1]} variables"
)


def boosted(**changes: object) -> LGBMClassifier:
    """Return small trees, quick to fit; the recipe of the house has more of them."""
    settings = {
        "n_estimators": 120,
        "learning_rate": 0.05,
        "num_leaves": 15,
        "min_child_samples": 40,
        "colsample_bytree": 0.3,
        "subsample": 0.8,
        "subsample_freq": 1,
        "n_jobs": 1,
        "random_state": SEED,
        "verbosity": -1,
    }
    return LGBMClassifier(**(settings | changes))


imputer = SimpleImputer(strategy="median", keep_empty_features=True)
candidates = {
    "Régression logistique": make_pipeline(
        imputer, StandardScaler(), LogisticRegression(C=0.002, max_iter=500)
    ),
    "Forêt aléatoire": make_pipeline(
        imputer,
        RandomForestClassifier(200, min_samples_leaf=10, random_state=SEED, n_jobs=1),
    ),
    "LightGBM": boosted(),
    "LightGBM, classes pondérées": boosted(class_weight="balanced"),
    "LightGBM après SMOTE": make_resampling_pipeline(
        imputer, SMOTE(random_state=SEED), boosted()
    ),
}
out_of_fold = {
    name: cross_val_predict(model, X, y, cv=folds, method="predict_proba")[:, 1]
    for name, model in candidates.items()
}

# %%
costs = CostMatrix(false_positive_cost=1, false_negative_cost=10)


def recalibrated(probability: np.ndarray) -> np.ndarray:
    """Fit Platt's line on the other folds, so that no client calibrates themselves."""
    edge = np.clip(probability, 1e-6, 1 - 1e-6)
    margin = np.log(edge / (1 - edge)).reshape(-1, 1)
    line = LogisticRegression(C=1e6)
    return cross_val_predict(line, margin, y, cv=folds, method="predict_proba")[:, 1]


comparison = pd.DataFrame(
    {
        name: {
            "AUC": roc_auc_score(y, p),
            "défauts annoncés": p.mean(),
            "coût tel quel": costs.expected_cost(y, p, costs.threshold),
            "coût recalibré": costs.expected_cost(y, recalibrated(p), costs.threshold),
        }
        for name, p in out_of_fold.items()
    }
).T
comparison.round(3)

# %% [markdown]
# SMOTE et la pondération **déplacent les probabilités** (colonne « défauts annoncés
# ») : le seuil métier n'a de sens qu'après recalibration. La dernière colonne dit
# s'il en reste un gain ; `python -m training candidates` le mesure avec des
# intervalles. Le déséquilibre se traite dans la décision, pas dans les données.
#
# ### Réglages par Hyperopt
#
# TPE propose là où les essais réussis se pressent. L'objectif est **le coût métier**
# après calibration. Peu d'essais ici, pour montrer ; `python -m training search` en
# fait davantage.


# %%
def cost_of(settings: dict[str, float]) -> dict[str, object]:
    """Judge parameters by the cost per client after calibration."""
    model = boosted(
        num_leaves=int(settings["num_leaves"]),
        min_child_samples=int(settings["min_child_samples"]),
        learning_rate=settings["learning_rate"],
        n_estimators=80,
    )
    found = cross_val_predict(model, X, y, cv=folds, method="predict_proba")[:, 1]
    cost = costs.expected_cost(y, recalibrated(found), costs.threshold)
    return {"loss": cost, "status": STATUS_OK}


space = {
    "num_leaves": hp.quniform("num_leaves", 4, 31, 1),
    "min_child_samples": hp.quniform("min_child_samples", 20, 200, 10),
    "learning_rate": hp.loguniform("learning_rate", np.log(0.02), np.log(0.12)),
}
trials = Trials()
best = fmin(
    cost_of,
    space,
    algo=tpe.suggest,
    max_evals=6,
    trials=trials,
    rstate=np.random.default_rng(SEED),
    show_progressbar=False,
)
print({name: round(float(value), 3) for name, value in best.items()})
print("coût par essai :", np.round(trials.losses(), 3))

# %% [markdown]
# ## 5. Le coût décide du seuil
#
# Accepter un défaut coûte dix fois refuser un bon client. Avec des probabilités
# justes, refuser vaut mieux dès que `p ≥ FP / (FP + FN)`. Ni le modèle ni les données
# n'y entrent. Encore faut-il que les probabilités soient justes :

# %%
probability = recalibrated(out_of_fold["LightGBM"])
observed, announced = calibration_curve(y, probability, n_bins=8, strategy="quantile")
ax = plt.figure(figsize=(4, 3.6)).add_subplot()
ax.plot([0, announced.max()], [0, announced.max()], "--", color="#8A8F98")
ax.plot(announced, observed, "o", color="#0072B2")
ax.set(xlabel="taux annoncé", ylabel="taux constaté")
ax.figure.tight_layout()

# %%
grid = np.linspace(0.01, 0.6, 119)
rules = {"Seuil métier": costs.threshold, "Probabilité 0,5": 0.5}
for beta in (1, 2):
    scores_f = [
        fbeta_score(y, probability >= t, beta=beta, zero_division=0) for t in grid
    ]
    rules[f"Meilleur F{beta}"] = float(grid[int(np.argmax(scores_f))])
ax = plt.figure().add_subplot()
ax.plot(grid, [costs.expected_cost(y, probability, t) for t in grid], color="#1F2933")
colours = ("#0072B2", "#D55E00", "#E69F00", "#009E73")
for (name, t), colour in zip(rules.items(), colours, strict=True):
    ax.plot(
        t, costs.expected_cost(y, probability, t), "o", ms=9, color=colour, label=name
    )
ax.axhline(10 * y.mean(), ls="--", color="#8A8F98", label="Accepter tout le monde")
ax.set(xlabel="seuil de refus", ylabel="coût moyen par client")
ax.legend(frameon=False)
ax.figure.tight_layout()

# %%
pd.DataFrame(
    {
        name: {
            "seuil": t,
            "refusés": (probability >= t).mean(),
            "défauts repérés": (probability[y] >= t).mean(),
            "coût par client": costs.expected_cost(y, probability, t),
        }
        for name, t in rules.items()
    }
).T.round(3)

# %% [markdown]
# Les seuils des F-scores sont choisis ici sur les clients mêmes qu'ils jugent : ils
# sont donc flattés, et le seuil métier, qui n'a rien choisi, ne l'est pas. Le rapport
# les choisit sur les autres plis.
#
# ## 6. Interpréter
#
# ### Globalement : trois modèles, trois lectures
#
# - **Logistique** : un coefficient par variable (à l'échelle), un signe, le même pour
#   tous ; entre variables voisines, le poids se partage ou se compense.
# - **Forêt** : baisse d'impureté, sans signe, favorable aux variables à nombreuses
#   valeurs.
# - **Arbres boostés** : SHAP, des contributions signées client par client, dont la
#   moyenne absolue fait une importance.

# %%
sample = np.random.default_rng(SEED).choice(
    len(y), size=min(400, len(y)), replace=False
)
fitted = {name: candidates[name].fit(X, y) for name in list(candidates)[:3]}
explainer = shap.TreeExplainer(fitted["LightGBM"])
contributions = explainer.shap_values(X[sample])
importances = pd.DataFrame(
    {
        "logistique": np.abs(fitted["Régression logistique"][-1].coef_[0]),
        "forêt": fitted["Forêt aléatoire"][-1].feature_importances_,
        "SHAP": np.abs(contributions).mean(axis=0),
    },
    index=catalogue["libellé"],
)
importances.corr("spearman").round(2)

# %%
by_theme = importances.groupby(catalogue["thème"].to_numpy()).sum()
by_theme = by_theme / by_theme.sum()
ax = by_theme.sort_values("SHAP").plot.barh(
    figsize=(8, 5), color=["#8A8F98", "#E69F00", "#0072B2"], width=0.8
)
ax.set_xlabel("part de l'importance")
ax.figure.tight_layout()

# %% [markdown]
# ### Localement : pourquoi ce client
#
# Les contributions s'additionnent exactement jusqu'au score ; en points, elles se
# disent à un client. On prend le client le plus risqué de l'échantillon.

# %%
margins = fitted["LightGBM"].predict(X[sample], raw_score=True)
total = explainer.expected_value + contributions.sum(axis=1)
assert np.allclose(total, margins), "les contributions ne font pas le score"
riskiest = int(np.argmax(margins))
scale = PointsScale(costs.threshold)
points = pd.Series(
    -scale.factor * contributions[riskiest], catalogue["thème"].to_numpy()
)
reasons = points.groupby(level=0).sum().sort_values()
ax = reasons.plot.barh(color=np.where(reasons < 0, "#D55E00", "#009E73"))
ax.axvline(0, color="#1F2933", lw=0.8)
ax.set_xlabel("points, par rapport au client moyen")
ax.figure.tight_layout()

# %% [markdown]
# La fonction de score fait de ces thèmes des phrases, après avoir vérifié que
# remplacer la valeur déplace bien le score dans le sens annoncé, et sans jamais citer
# une donnée protégée.
#
# ## 7. Ce qu'on en retient
#
# 1. Le travail est dans les **données** : sentinelles, orphelins, versions. Un modèle
#    ne les répare pas.
# 2. Le **seuil** vient des coûts ; il suffit que les probabilités soient justes.
# 3. **SMOTE** fausse les probabilités ; seule la comparaison après recalibration le
#    juge.
# 4. On **explique** par thèmes : des centaines de variables parentes se partagent ce
#    qu'une seule porterait dans une grille.
# 5. Sans calendrier, la tenue dans le temps **n'est pas mesurée** ; la dérive se
#    surveille.
