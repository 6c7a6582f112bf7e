from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.batches import batch_folder, write_batches
from benchmarks.dealing import deal_instalments
from benchmarks.full_size import (
    KEY_DIGITS,
    MOST_COPIES,
    FullSizeError,
    copies_for,
    write_full_size,
)
from benchmarks.pandas_features import client_features
from benchmarks.raw_tables import RawTables
from ingestion import LANDING_TABLES, find_batch, find_source
from ingestion.sample import SampleParameters, write_sample

COPIES = 3
SHIFTS = {name: 10**digits for name, digits in KEY_DIGITS.items()}


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("original") / "of_60"
    write_sample(SampleParameters(clients=60, seed=1), folder, lambda _: None)
    return folder


@pytest.fixture(scope="module")
def repeated(original: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("repeated") / "thrice"
    write_full_size(original, COPIES, folder, lambda _: None)
    write_batches(original, COPIES, folder, lambda _: None)
    return folder


def rows(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / name, dtype=str, keep_default_na=False)


def unshifted(frame: pd.DataFrame, copy: int) -> pd.DataFrame:
    """Return the rows of one copy under their original keys."""
    keys = [name for name in KEY_DIGITS if name in frame]
    numbers = frame[keys].astype(int)
    of_copy = frame[(numbers[keys[0]] // SHIFTS[keys[0]]) == copy].copy()
    for key in keys:
        original = numbers.loc[of_copy.index, key] - copy * SHIFTS[key]
        of_copy[key] = original.astype(str)
    return of_copy.reset_index(drop=True)


@pytest.mark.parametrize("name", [table.file_name for table in LANDING_TABLES])
def test_every_copy_is_the_original_under_shifted_keys(
    original: Path, repeated: Path, name: str
) -> None:
    found = rows(repeated, name)
    expected = rows(original, name)
    assert len(found) == COPIES * len(expected)
    for copy in range(COPIES):
        pd.testing.assert_frame_equal(unshifted(found, copy), expected)


def test_dealt_instalments_are_another_clients_under_loans_of_the_client(
    original: Path, tmp_path: Path
) -> None:
    some = tmp_path / "some"
    shutil.copytree(original, some)
    own = rows(original, "installments_payments.csv")
    kept = own[own["SK_ID_CURR"].isin(own["SK_ID_CURR"].unique()[:5])]
    kept.to_csv(some / "installments_payments.csv", index=False)

    dealt = deal_instalments(some, tmp_path / "dealt")

    found = rows(tmp_path / "dealt", "installments_payments.csv")
    pd.testing.assert_frame_equal(found[: len(kept)], kept.reset_index(drop=True))
    added = found[len(kept) :]
    assert len(added) == dealt > len(kept)
    assert not set(added["SK_ID_CURR"]) & set(kept["SK_ID_CURR"])
    loans = rows(original, "previous_application.csv")[["SK_ID_PREV", "SK_ID_CURR"]]
    assert len(added.merge(loans)) == len(added)
    values = list(own.columns[2:])
    assert len(added.merge(kept[values].drop_duplicates())) == len(added)


def test_the_keys_of_all_copies_fit_the_landing_tables() -> None:
    assert all((MOST_COPIES + 1) * shift < 2**31 for shift in SHIFTS.values())


def test_the_copies_come_nearest_to_the_rows_wanted(original: Path) -> None:
    counted = sum(len(rows(original, t.file_name)) for t in LANDING_TABLES)
    assert copies_for(original, 3.4 * counted) == 3
    assert copies_for(original, 1) == 1


def test_a_folder_that_holds_something_is_left_alone(
    original: Path, tmp_path: Path
) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FullSizeError, match="is not empty"):
        write_full_size(original, 2, tmp_path, print)
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_rows_without_keys_are_refused_and_nothing_is_left(
    original: Path, tmp_path: Path
) -> None:
    spoiled = tmp_path / "spoiled"
    spoiled.mkdir()
    for table in LANDING_TABLES:
        (spoiled / table.file_name).write_bytes(
            (original / table.file_name).read_bytes()
        )
    with (spoiled / "bureau.csv").open("a") as file:
        file.write("x,y\n")
    target = tmp_path / "target"
    with pytest.raises(FullSizeError, match=r"bureau\.csv has a row"):
        write_full_size(spoiled, 2, target, lambda _: None)
    assert not target.exists()


def test_a_batch_is_whole_clients_under_keys_of_no_copy(
    original: Path, repeated: Path
) -> None:
    folder = batch_folder(repeated, 10)
    find_batch(folder)
    clients = rows(original, "application_train.csv")["SK_ID_CURR"][:10]
    for table in LANDING_TABLES:
        expected = rows(original, table.file_name)
        if "SK_ID_CURR" in expected:
            kept = expected["SK_ID_CURR"].isin(clients)
        else:
            bureau = rows(original, "bureau.csv")
            credits = bureau.loc[bureau["SK_ID_CURR"].isin(clients), "SK_ID_BUREAU"]
            kept = expected["SK_ID_BUREAU"].isin(credits)
        found = unshifted(rows(folder, table.file_name), COPIES)
        pd.testing.assert_frame_equal(found, expected[kept].reset_index(drop=True))


def test_the_repeated_folder_is_a_source_beside_its_batches(repeated: Path) -> None:
    assert len(find_source(repeated).files) == len(LANDING_TABLES)


@pytest.mark.filterwarnings("ignore::pandas.errors.PerformanceWarning")
def test_the_public_way_makes_one_row_per_client_and_hundreds_of_columns(
    original: Path,
) -> None:
    made = client_features(RawTables(original))
    assert made["SK_ID_CURR"].is_unique
    assert len(made) == 60
    assert made.shape[1] > 600
