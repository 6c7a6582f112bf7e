"""A moment between two commits is restored, and what stands in the way is named."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from database.account import present_account
from database.backup.archiving import finish_segment
from database.backup.keys import new_key, parse_key
from database.backup.plan import Target, make_plan, parse_time, plan_for
from database.backup.recovery import fill
from database.backup.streams import unseal
from database.backup.vault import Vault
from database.errors import BackupError, ConfigurationError, DatabaseError

from .conftest import House, MakeHouse
from .test_backup import OTHER_SECRET, changed, with_one_bit_flipped
from .test_roles import DECISION

SECRET = str(new_key().identity)
MARK = "insert into raw.mark values ({})"
SWITCH = "select pg_create_restore_point('test'), pg_switch_wal()"
WAITING = "select count(*) from pg_ls_archive_statusdir() where name like '%.ready'"


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def archive_all(house: House) -> None:
    """Close the present file of the log and wait until it is in the archive."""
    ((name,),) = house.query(
        "administrator", "select pg_walfile_name(pg_current_wal_lsn())"
    )
    house.query("administrator", SWITCH)
    wait_for(lambda: any(house.backups.glob(f"wal/*/{name}.json")))


def now(house: House) -> datetime:
    ((time,),) = house.query("auditor", "select clock_timestamp()")
    assert isinstance(time, datetime)
    return time


@dataclass
class Story:
    """A server with a base backup and what was committed afterwards, and when."""

    house: House
    between: datetime
    after_all: datetime

    @property
    def base(self) -> Path:
        (path,) = self.house.backups.glob("base/*/base.tar.zst.age")
        return path

    @property
    def log(self) -> list[Path]:
        return sorted(
            path
            for path in self.house.backups.glob("wal/*/*.zst.age")
            if len(path.name) == len(24 * "0" + ".zst.age")
        )

    def restore(
        self, at: str, into: Path | None = None, secret: str = SECRET
    ) -> "subprocess.CompletedProcess[str]":
        words = ["restore", "--at", at]
        if into:
            words += ["--into", str(into)]
        return self.house.run(*words, BACKUP_KEY=secret)


@pytest.fixture(scope="module")
def story(make_house: MakeHouse) -> Story:
    house = make_house()
    house.done("start")
    house.query("loader", "create table raw.mark (x integer primary key)")
    house.query("scorer", DECISION)
    house.done("backup", "--base", BACKUP_KEY=SECRET)
    house.query("loader", MARK.format(1))
    archive_all(house)
    between = now(house)
    house.query("loader", MARK.format(2))
    house.query("scorer", DECISION)
    archive_all(house)
    # Nothing is committed any more, but the archive goes on.
    after_all = now(house)
    archive_all(house)
    return Story(house, between, after_all)


@pytest.fixture
def elsewhere(make_house: MakeHouse) -> Iterator[House]:
    house = make_house()
    yield house
    house.discard()


def marks(house: House) -> list[object]:
    rows = house.query("auditor", "select x from raw.mark order by x")
    return [x for (x,) in rows]


def left_behind(house: House) -> list[Path]:
    return list((house.directory / "server").glob("data*"))


def test_a_moment_between_two_commits_is_restored(
    story: Story, elsewhere: House
) -> None:
    result = story.restore(story.between.isoformat(), elsewhere.directory)
    assert result.returncode == 0, result.stderr
    assert marks(elsewhere) == [1]
    assert elsewhere.query("auditor", "select count(*) from ops.decision_log") == [(1,)]
    # It is a whole warehouse: roles log in with its own passwords and work.
    elsewhere.query("loader", MARK.format(3))
    assert marks(story.house) == [1, 2]


def test_the_latest_is_all_that_reached_the_archive(
    story: Story, elsewhere: House
) -> None:
    # An empty warehouse is there already, and gives way.
    elsewhere.done("start")
    result = story.restore("latest", elsewhere.directory)
    assert result.returncode == 0, result.stderr
    assert marks(elsewhere) == [1, 2]
    assert elsewhere.query("auditor", "select count(*) from ops.decision_log") == [(2,)]
    assert [path.name for path in left_behind(elsewhere)] == ["data"]
    assert "archived from the first base backup on" in elsewhere.done("status")
    # Its next archive tells of the timeline that began here.
    elsewhere.done("backup", "--base", BACKUP_KEY=SECRET)
    assert list(elsewhere.backups.glob("wal/*/00000002.history.json"))


def test_a_log_that_has_just_been_closed_is_not_waited_for(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a quiet server the timeout has closed it before the backup comes to that."""
    monkeypatch.setattr("database.backup.archiving.PATIENCE_SECONDS", 20)
    (archive,) = story.house.backups.glob("wal/*")
    administrator = story.house.parameters("administrator")
    names = {finish_segment(administrator, archive, Path("log")) for _ in range(3)}
    assert (archive / f"{max(names)}.json").exists()


def test_a_drill_reads_the_log_up_to_its_moment_only(story: Story) -> None:
    vault = Vault(story.house.backups)
    (base,) = vault.bases()
    assert base.manifest.wal
    point = Target(restore_point=base.manifest.wal.restore_point)
    drilled, latest = (
        list(plan_for(vault, base, target).segments) for target in (point, Target())
    )
    assert drilled == latest[: len(drilled)]
    assert len(drilled) < len(latest)
    assert drilled[-1].written_at > base.manifest.finished_at


def test_a_log_under_another_key_is_not_called_damaged(
    story: Story, tmp_path: Path
) -> None:
    segment = make_plan(Vault(story.house.backups), Target()).segments[-1]
    with (
        (tmp_path / "file").open("wb") as file,
        pytest.raises(ConfigurationError, match="encrypted for another key"),
    ):
        unseal(segment.path, file, parse_key(OTHER_SECRET), segment.sha256)


def test_no_room_for_the_log_is_a_clear_error(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("database.backup.recovery.unpack_base", lambda *_: None)
    plan = make_plan(Vault(story.house.backups), Target())
    with pytest.raises(BackupError, match=r"cannot be unpacked into .* MiB there"):
        fill(tmp_path, plan, parse_key(SECRET), present_account(), print)


def test_a_moment_after_the_last_commit_is_the_last_commit(
    story: Story, elsewhere: House
) -> None:
    result = story.restore(story.after_all.isoformat(), elsewhere.directory)
    assert result.returncode == 0, result.stderr
    assert marks(elsewhere) == [1, 2]


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2001-01-01T00:00:00Z", "what was before cannot be restored"),
        ("2999-01-01", "reaches until"),
        ("yesterday", "is no time"),
    ],
)
def test_a_moment_that_is_not_there_is_a_clear_error(
    story: Story, at: str, said: str
) -> None:
    with pytest.raises(DatabaseError, match=said):
        make_plan(Vault(story.house.backups), parse_time(at))


def test_a_warehouse_with_rows_is_never_replaced(story: Story) -> None:
    result = story.restore("latest")
    assert result.returncode == 1
    assert "never replaces" in result.stderr
    assert marks(story.house) == [1, 2]


def test_another_key_is_refused(story: Story, elsewhere: House) -> None:
    result = story.restore("latest", elsewhere.directory, OTHER_SECRET)
    assert result.returncode == 1
    assert "but BACKUP_KEY is the key of" in result.stderr
    assert not elsewhere.directory.exists()


def test_a_missing_file_of_the_log_is_named(story: Story, elsewhere: House) -> None:
    missing = story.log[-2]
    name = missing.name.partition(".")[0]
    description = missing.with_name(f"{name}.json")
    with changed(missing, None), changed(description, None):
        result = story.restore("latest", elsewhere.directory)
        assert result.returncode == 1
        assert f"lacks {name}" in result.stderr
        assert "--at that" in result.stderr
        assert "the log has gaps" in story.house.done("backups", COLUMNS="200")
    with changed(missing, None):
        result = story.restore("latest", elsewhere.directory)
        assert f"{missing} is missing" in result.stderr
    assert not elsewhere.directory.exists()


@pytest.mark.parametrize("which", ["base", "log"])
def test_damage_is_named_and_leaves_nothing(
    story: Story, elsewhere: House, which: str
) -> None:
    path = story.base if which == "base" else story.log[-1]
    with changed(path, with_one_bit_flipped(path)):
        result = story.restore("latest", elsewhere.directory)
    assert result.returncode == 1
    assert f"{path} is damaged" in result.stderr
    assert left_behind(elsewhere) == []


def test_no_room_for_a_restore_leaves_nothing(story: Story, elsewhere: House) -> None:
    limited = ["sh", "-c", 'ulimit -f 200; exec "$@"', "sh"]
    words = ["restore", "--at", "latest", "--into", str(elsewhere.directory)]
    result = subprocess.run(
        [*limited, *story.house.command(*words)],
        env=story.house.environment(BACKUP_KEY=SECRET),
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert "MiB there" in result.stderr
    assert left_behind(elsewhere) == []


def test_a_file_is_archived_once_and_never_replaced(
    story: Story, tmp_path: Path
) -> None:
    program = tmp_path / "archiver"
    shutil.copytree(story.house.directory / "server/archiver", program)
    settings = json.loads((program / "settings.json").read_text())
    archive = tmp_path / "archive"
    archive.mkdir()
    (program / "settings.json").write_text(
        json.dumps({**settings, "directory": str(archive)})
    )
    file = tmp_path / "file"

    def run(content: str) -> int:
        kept = file.stat().st_mtime if file.exists() else 0
        file.write_text(content)
        os.utime(file, (kept, kept))
        command = [sys.executable, "-I", program / "archiver.py", file, "0001"]
        return subprocess.run(command, capture_output=True).returncode

    assert run("one") == 0
    first = (archive / "0001.zst.age").read_bytes()
    assert run("one") == 0
    assert run("another") == 1
    assert (archive / "0001.zst.age").read_bytes() == first
    assert {path.name for path in archive.iterdir()} == {"0001.json", "0001.zst.age"}
    # With another key the old file could not be checked: it is written anew.
    (program / "signing-key").write_text(32 * "2b")
    assert run("one") == 0
    assert (archive / "0001.zst.age").read_bytes() != first


def test_an_archive_that_is_gone_is_seen_and_loses_nothing(
    story: Story, elsewhere: House
) -> None:
    house = story.house
    assert "0 waiting, 0 failures" in house.done("status")
    archive = house.backups / "wal"
    aside = archive.with_name("aside")
    archive.rename(aside)
    house.query("loader", MARK.format(3))
    house.query("administrator", SWITCH)
    failures = "select count(*) from pg_stat_archiver where failed_count > 0"
    wait_for(lambda: house.query("administrator", failures) == [(1,)])
    status = house.run("status")
    assert status.returncode == 0
    assert "does not reach the archive" in status.stderr
    assert "is gone" in status.stderr
    # The bank goes on meanwhile.
    house.query("scorer", DECISION)
    aside.rename(archive)
    house.query("administrator", SWITCH)
    wait_for(lambda: house.query("administrator", WAITING) == [(0,)])
    assert "does not reach" not in house.run("status").stderr
    assert story.restore("latest", elsewhere.directory).returncode == 0
    assert marks(elsewhere) == [1, 2, 3]
