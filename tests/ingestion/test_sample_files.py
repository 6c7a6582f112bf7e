from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ingestion import LANDING_TABLES, SampleError
from ingestion.sample import SampleParameters, write_sample
from tests.running import ROOT


def write(folder: Path, clients: int = 60, seed: int = 5) -> list[str]:
    lines: list[str] = []
    write_sample(SampleParameters(clients, seed), folder, lines.append)
    return lines


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def command(folder: Path, hash_seed: str) -> None:
    arguments = ["sample", "--clients", "60", "--seed", "5", "--out", str(folder)]
    subprocess.run(
        [sys.executable, "-m", "ingestion", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        check=True,
        capture_output=True,
    )


def test_the_same_seed_gives_the_same_bytes_in_any_process(tmp_path: Path) -> None:
    command(tmp_path / "one", "1")
    command(tmp_path / "two", "2")
    write(tmp_path / "three")
    one = contents(tmp_path / "one")
    assert one == contents(tmp_path / "two") == contents(tmp_path / "three")


def test_another_seed_gives_other_clients(tmp_path: Path) -> None:
    write(tmp_path / "one", seed=5)
    write(tmp_path / "two", seed=6)
    one, two = contents(tmp_path / "one"), contents(tmp_path / "two")
    assert not [name for name, content in one.items() if two[name] == content]


def test_the_files_have_the_published_names_and_headers(sample_of_200: Path) -> None:
    for table in LANDING_TABLES:
        with (sample_of_200 / table.file_name).open() as file:
            assert tuple(file.readline().rstrip("\n").split(",")) == table.header


@pytest.mark.parametrize("clients", [2, 3, 10, 99])
def test_few_clients_make_a_whole_sample_too(tmp_path: Path, clients: int) -> None:
    write(tmp_path / "few", clients=clients)
    rows = sum(
        (tmp_path / "few" / name).read_bytes().count(b"\n") - 1
        for name in ("application_train.csv", "application_test.csv")
    )
    assert rows == clients


def test_the_same_sample_again_touches_no_file(tmp_path: Path) -> None:
    write(tmp_path / "sample")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "sample").iterdir()}
    assert "unchanged" in write(tmp_path / "sample")[0]
    after = {path: path.stat().st_mtime_ns for path in (tmp_path / "sample").iterdir()}
    assert after == before


def test_an_earlier_sample_is_replaced(tmp_path: Path) -> None:
    write(tmp_path / "sample", seed=5)
    write(tmp_path / "sample", seed=6)
    write(tmp_path / "fresh", seed=6)
    assert contents(tmp_path / "sample") == contents(tmp_path / "fresh")


def test_a_sample_with_a_file_missing_is_made_whole(tmp_path: Path) -> None:
    write(tmp_path / "sample")
    whole = contents(tmp_path / "sample")
    (tmp_path / "sample" / "bureau.csv").unlink()
    write(tmp_path / "sample")
    assert contents(tmp_path / "sample") == whole


@pytest.mark.parametrize("name", ["thesis.txt", "bureau.csv"])
def test_a_folder_with_anything_else_is_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(SampleError, match="not of a sample"):
        write(tmp_path)
    assert contents(tmp_path) == {name: b"mine"}


def test_a_file_added_to_a_sample_keeps_it_from_being_replaced(tmp_path: Path) -> None:
    write(tmp_path / "sample", seed=5)
    (tmp_path / "sample" / "thesis.txt").write_text("mine")
    with pytest.raises(SampleError, match="not of a sample"):
        write(tmp_path / "sample", seed=6)


def test_a_place_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SampleError, match="cannot be written"):
        write(tmp_path / "file" / "sample")
    assert list(contents(tmp_path)) == ["file"]


@pytest.mark.parametrize(("clients", "seed"), [(1, 1), (0, 1), (-5, 1), (10, -1)])
def test_impossible_parameters_are_refused(clients: int, seed: int) -> None:
    with pytest.raises(SampleError):
        SampleParameters(clients, seed)
