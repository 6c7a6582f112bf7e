"""The report as one page that needs nothing from elsewhere, in French and English."""

from collections.abc import Iterable
from html import escape

from function_app.drift.report import FEWEST_CLIENTS, DriftReport

_SHOWN = 40

_VERDICTS = {
    "stable": ("stable", "stable"),
    "watch": ("à surveiller", "to be watched"),
    "act": ("agir", "to be acted upon"),
}
_DECISIONS = {
    "grant": ("accordés", "granted"),
    "review": ("à examiner", "to be reviewed"),
    "refuse": ("refusés", "refused"),
}
_STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem;
       padding: 0 1rem; color: #1b1b1b; background: #fff; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #999; padding: .25rem .5rem; text-align: left; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
[lang=en] { color: #4a4a4a; font-style: italic; }
.act { font-weight: 700; }
"""


def drift_page(report: DriftReport) -> str:
    """Return the report as HTML, the most moved features first."""
    title = f"Dérive, {report.period.name}"
    return (
        f'<!doctype html>\n<html lang="fr"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title>"
        '<meta name="viewport" content="width=device-width">'
        f"<style>{_STYLE}</style></head><body><main><h1>{escape(title)}</h1>"
        f"{_summary(report)}{_features(report)}</main></body></html>\n"
    )


def _summary(report: DriftReport) -> str:
    since, until = (
        f"{moment:%Y-%m-%d %H:%M}"
        for moment in (report.period.since, report.period.until)
    )
    rows = [
        (_both("Modèle", "Model"), escape(report.model_version)),
        (_both("Période (UTC)", "Period (UTC)"), f"{since} → {until}"),
        (_both("Clients", "Clients"), f"{report.clients}"),
        (
            _both("Clients à l'entraînement", "Clients of training"),
            f"{report.clients_before}",
        ),
        *(
            (_both(*_DECISIONS.get(decision, (decision, decision))), f"{count}")
            for decision, count in report.decisions.items()
        ),
        (_both("Score", "Score"), _score(report)),
        *(
            (
                _both(f"Variables : {french}", f"Features: {english}"),
                f"{report.verdicts[verdict]}",
            )
            for verdict, (french, english) in _VERDICTS.items()
        ),
    ]
    return _table(
        "",
        (
            f'<tr><th scope="row">{name}</th><td>{value}</td></tr>'
            for name, value in rows
        ),
    )


def _score(report: DriftReport) -> str:
    if report.score is None:
        return _both(
            f"non jugé : moins de {FEWEST_CLIENTS} clients",
            f"not judged: fewer than {FEWEST_CLIENTS} clients",
        )
    verdict = _both(*_VERDICTS[report.score.verdict])
    return f"PSI {report.score.index:.3f}, {verdict}"


def _features(report: DriftReport) -> str:
    if not report.features:
        return ""
    head = "".join(
        f'<th scope="col"{css}>{_both(french, english)}</th>'
        for french, english, css in (
            ("Variable", "Feature", ""),
            ("PSI", "PSI", ' class="number"'),
            ("PSI du seul hasard", "PSI by chance", ' class="number"'),
            ("Verdict", "Verdict", ""),
            ("Inconnu avant", "Unknown before", ' class="number"'),
            ("Inconnu à présent", "Unknown now", ' class="number"'),
        )
    )
    rows = (
        f'<tr class="{row.verdict}"><th scope="row">'
        f"{_both(row.label_fr, row.label_en)}</th>"
        f'<td class="number">{row.index:.3f}</td>'
        f'<td class="number">{row.by_chance:.3f}</td>'
        f"<td>{_both(*_VERDICTS[row.verdict])}</td>"
        f'<td class="number">{row.missing_before:.1%}</td>'
        f'<td class="number">{row.missing_now:.1%}</td></tr>'
        for row in report.features[:_SHOWN]
    )
    heading = _both("Variables qui ont le plus bougé", "Features that have moved most")
    return f"<h2>{heading}</h2>{_table(f'<tr>{head}</tr>', rows)}"


def _table(head: str, rows: Iterable[str]) -> str:
    head = f"<thead>{head}</thead>" if head else ""
    return f"<table>{head}<tbody>{''.join(rows)}</tbody></table>"


def _both(french: str, english: str) -> str:
    if french == english:
        return escape(french)
    return f'{escape(french)} <span lang="en">{escape(english)}</span>'
