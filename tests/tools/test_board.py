from __future__ import annotations

import csv
import io
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.tools.azure_devops import PROJECT, TOKEN, Board
from tools.board.__main__ import BACKLOG, app
from tools.board.backlog import read_backlog, work_items
from tools.board.errors import BoardError
from tools.board.table import COLUMNS, write_table

ITEMS = work_items(read_backlog(BACKLOG))


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> Iterator[Board]:
    with Board() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        monkeypatch.setenv("AZURE_DEVOPS_URL", server.url)
        monkeypatch.setenv("AZURE_DEVOPS_PROJECT", PROJECT)
        monkeypatch.setenv("AZURE_DEVOPS_EXT_PAT", TOKEN)
        yield server
        server.shutdown()
        thread.join()


def push(*options: str) -> Result:
    return CliRunner().invoke(app, ["push", *options])


def ends_with(finished: Result, line: str) -> bool:
    return finished.exit_code == 0 and finished.stdout.splitlines()[-1] == line


def test_a_dry_run_asks_and_adds_nothing(board: Board) -> None:
    finished = push("--dry-run")
    assert f"{len(ITEMS)} added, 0 changed" in finished.stdout, finished.output
    assert board.calls == ["POST wiql"]


def test_a_board_is_brought_up_to_the_backlog_and_a_second_run_changes_nothing(
    board: Board,
) -> None:
    first = push()
    assert ends_with(first, f"{len(ITEMS)} added, 0 changed, 0 as they are"), (
        first.output
    )
    kinds = [item["fields"]["System.WorkItemType"] for item in board.items.values()]
    assert kinds == [item.kind for item in ITEMS]

    board.calls.clear()
    assert ends_with(push(), f"0 added, 0 changed, {len(ITEMS)} as they are")
    assert board.calls == ["POST wiql", "POST workitemsbatch"]

    story = next(n for n, kind in enumerate(kinds, 1) if kind.startswith("Product"))
    board.items[story]["fields"]["Microsoft.VSTS.Common.Priority"] = 4
    board.items[story]["fields"]["System.Tags"] += "; sprint goal"
    board.calls.clear()
    assert ends_with(push(), f"0 added, 1 changed, {len(ITEMS) - 1} as they are")
    assert board.calls[-1] == f"PATCH workitems/{story}"
    mended = board.items[story]["fields"]
    assert mended["Microsoft.VSTS.Common.Priority"] == 1
    assert mended["System.Tags"].endswith("; sprint goal")


def test_a_token_that_does_not_hold_is_told_and_not_repeated(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_DEVOPS_EXT_PAT", "a-token-of-yesterday")
    finished = push()
    assert finished.exit_code == 1
    assert "AZURE_DEVOPS_EXT_PAT" in finished.stderr
    assert "a-token-of-yesterday" not in finished.output


def test_settings_that_are_missing_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AZURE_DEVOPS_URL", "AZURE_DEVOPS_PROJECT", "AZURE_DEVOPS_EXT_PAT"):
        monkeypatch.delenv(name, raising=False)
    finished = push()
    assert finished.exit_code == 1
    assert finished.stderr.count("field required") == 3


def test_the_table_has_one_title_in_the_column_of_its_level() -> None:
    file = io.StringIO()
    write_table(ITEMS, file)
    rows = list(csv.DictReader(io.StringIO(file.getvalue())))
    assert len(rows) == len(ITEMS)
    for row, item in zip(rows, ITEMS, strict=True):
        titles = [row[f"Title {level}"] for level in (1, 2, 3)]
        assert [bool(title) for title in titles].index(True) == item.level - 1
        assert sum(map(bool, titles)) == 1
        assert row["Tags"] == f"backlog; {item.tag}"
    assert COLUMNS[:4] == ("Work Item Type", "Title 1", "Title 2", "Title 3")
    stories = [row for row in rows if row["Title 3"]]
    assert all(row["Acceptance Criteria"] and row["Effort"] for row in stories)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("epics: [", "is no YAML"),
        ("product: x\nepics: []", "epics: Tuple should have at least 1 item"),
        (BACKLOG.read_text().replace("key: keys", "key: Keys", 1), "stories.0.key"),
        (
            BACKLOG.read_text().replace("key: accounting", "key: keys", 1),
            "stand twice in the backlog: data/marts/keys",
        ),
    ],
    ids=["yaml", "empty", "key", "twice"],
)
def test_a_backlog_out_of_form_is_refused_by_place(
    tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "backlog.yaml"
    path.write_text(text)
    with pytest.raises(BoardError, match=said):
        work_items(read_backlog(path))
