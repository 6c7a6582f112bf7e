"""``python -m training drift``."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from scoring import DRIFT_EXIT_CODES, to_json
from training.commands.arguments import MODELS, ModelsDir
from training.commands.errors import one_line_errors
from training.data.warehouse import warehouse
from training.progress import Progress
from training.registry.versions import ModelRegistry

_SHOWN = 15


def drift(
    models_dir: ModelsDir = MODELS,
    everyone: Annotated[
        bool,
        typer.Option(
            "--everyone",
            help="Compare all clients, not only those without an outcome.",
        ),
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="Write every figure to this JSON file.")
    ] = None,
) -> None:
    """Compare today's clients with those that the champion learned from.

    Ends with 0 when score and features are stable, with 3 when one is to be watched
    (population stability index from 0.10), with 4 when one calls for action (from
    0.25). What chance alone could show is stable.
    """
    progress = Progress(Console())
    with one_line_errors():
        # Loading these takes a second, which --help saves.
        from training.data.feature_table import read_feature_table
        from training.data.population import population_drift, read_champion

        champion = read_champion(ModelRegistry(models_dir).champion_link)
        with warehouse() as connection, progress.step("Reading the feature table"):
            table = read_feature_table(connection)
        found = population_drift(champion, table, everyone=everyone)
        if out is not None:
            out.write_bytes(to_json(found))
    for line in _told(found):
        progress.say(line)
    raise typer.Exit(DRIFT_EXIT_CODES[found["verdict"]])


def _told(found: dict[str, Any]) -> list[str]:
    score, counts = found["score"], found["verdicts"]
    lines = [
        f"{found['clients']:,} clients against the {found['clients_before']:,} that "
        f"{found['model_version']} learned from",
        "score: not judged, the model knows all these clients' outcomes"
        if score is None
        else f"score of clients without an outcome: PSI {score['index']:.3f}, "
        f"{score['verdict']}",
        f"features: {counts['act']} to be acted upon, {counts['watch']} to be watched, "
        f"{counts['stable']} stable",
    ]
    lines += [
        f"  {row['name']:<52} {row['index']:6.3f}  {row['verdict']:<6}  unknown "
        f"{row['missing_before']:.0%} -> {row['missing_now']:.0%}"
        for row in found["features"][:_SHOWN]
    ]
    for name in ("absent", "new"):
        if found[name]:
            lines.append(f"{name} features: {', '.join(found[name])}")
    return lines
