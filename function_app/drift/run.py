"""From the log to a report in a folder and in the function's own log."""

import json
import logging
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from psycopg2 import Error, extensions

from database import DatabaseError, connect
from function_app.drift.decisions import read_decided
from function_app.drift.page import drift_page
from function_app.drift.period import Period
from function_app.drift.report import DriftReport, drift_report, population_of
from function_app.drift.tally import Tally
from function_app.errors import DriftUnavailableError
from function_app.logs import log_event
from scoring import ScoringModel

_LOGGED_FEATURES = 10

Connect = Callable[[], extensions.connection]


def scorer_reads() -> extensions.connection:
    """Connect as the function does, for reading alone."""
    return connect("scorer", application_name="function_app drift", read_only=True)


def compared(
    model: ScoringModel,
    period: Period,
    *,
    most_decisions: int | None = None,
    connect: Connect = scorer_reads,
) -> DriftReport:
    """Compare the decisions of a period with the training population.

    Parameters
    ----------
    model : ScoringModel
        Whose decisions are compared with whose training population.
    period : Period
    most_decisions : int, optional
        Only so many decisions, the latest ones.
    connect : callable
        Opens the connection that the log is read with.

    Raises
    ------
    DriftUnavailableError
        If the model keeps no population, or the log cannot be read.
    """
    population = population_of(model)
    try:
        with closing(connect()) as connection:
            chunks = read_decided(connection, model.version, period, most_decisions)
            tally = Tally.of(population, chunks)
    except DatabaseError as error:
        raise DriftUnavailableError(str(error)) from error
    except Error as error:
        # The server's own message may quote values.
        raise DriftUnavailableError(
            f"The decision log cannot be read ({type(error).__name__})."
        ) from None
    return drift_report(model, tally, period, datetime.now(UTC))


def reported(
    model: ScoringModel,
    period: Period,
    folder: Path | None = None,
    *,
    connect: Connect = scorer_reads,
) -> DriftReport:
    """Compare the decisions of a period, log the outcome, and write it down.

    Parameters
    ----------
    model, period, connect
        As for :func:`compared`.
    folder : Path, optional
        Takes ``drift-<day>.json`` and ``.html``, in place of earlier ones of the day.

    Raises
    ------
    DriftUnavailableError
        As :func:`compared`, and if the folder cannot be written to.
    """
    report = compared(model, period, connect=connect)
    if folder is not None:
        _write(report, folder)
    _log(report)
    return report


def _write(report: DriftReport, folder: Path) -> None:
    document = json.dumps(report.to_dict(), ensure_ascii=False, indent=1)
    files = {".json": f"{document}\n", ".html": drift_page(report)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for suffix, text in files.items():
            # Renamed when whole: who reads the folder meanwhile sees no half report.
            part = folder / f".drift-{report.period.name}{suffix}.part"
            part.write_text(text, encoding="utf-8")
            part.replace(folder / f"drift-{report.period.name}{suffix}")
    except OSError as error:
        raise DriftUnavailableError(
            f"The report cannot be written into {folder}: {error.strerror}."
        ) from error


def _log(report: DriftReport) -> None:
    level = logging.INFO if report.verdict == "stable" else logging.WARNING
    log_event(
        level,
        "drift_report",
        model_version=report.model_version,
        since=report.period.since.isoformat(),
        until=report.period.until.isoformat(),
        clients=report.clients,
        verdict=report.verdict,
        verdicts=report.verdicts,
        score_stability=None if report.score is None else round(report.score.index, 4),
        most_moved={
            row.name: round(row.index, 4) for row in report.features[:_LOGGED_FEATURES]
        },
    )
