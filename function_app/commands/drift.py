"""``python -m function_app drift``."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from function_app.commands.errors import one_line_errors

if TYPE_CHECKING:
    from function_app.drift import DriftReport

_SHOWN = 15


def drift(
    days: Annotated[
        int, typer.Option(min=1, max=366, help="So many days until now.")
    ] = 1,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder of the report; by default SCORING_DRIFT_DIR."),
    ] = None,
) -> None:
    """Compare the clients decided on with those that the model learned from.

    Reads the decision log. Ends with 0 when score and features are stable, with 3 when
    one is to be watched (population stability index from 0.10), with 4 when one calls
    for action (from 0.25). What chance alone could show is stable.
    """
    # The model's libraries take a while, which the other commands save.
    from function_app.drift import Period, reported
    from function_app.settings import DriftSettings, load
    from scoring import DRIFT_EXIT_CODES, ScoringError, load_model

    with one_line_errors(ScoringError):
        settings = load(DriftSettings)
        report = reported(
            load_model(settings.model_dir),
            Period.last_days(days, datetime.now(UTC)),
            out or settings.scoring_drift_dir,
        )
    for line in _told(report):
        print(line)
    raise typer.Exit(DRIFT_EXIT_CODES[report.verdict])


def _told(report: "DriftReport") -> Iterator[str]:
    yield (
        f"{report.clients:,} clients decided on against the {report.clients_before:,} "
        f"that {report.model_version} learned from"
    )
    if report.score is None:
        yield "too few to compare: score and features are not judged"
        return
    yield f"score: PSI {report.score.index:.3f}, {report.score.verdict}"
    act, watch, stable = (report.verdicts[name] for name in ("act", "watch", "stable"))
    yield f"features: {act} to be acted upon, {watch} to be watched, {stable} stable"
    for row in report.features[:_SHOWN]:
        yield (
            f"  {row.name:<52} {row.index:6.3f}  {row.verdict:<6}  unknown "
            f"{row.missing_before:.0%} -> {row.missing_now:.0%}"
        )
