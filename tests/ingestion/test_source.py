from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ingestion import HeaderError, SourceError, find_source
from ingestion.csv_stream import CsvStream
from tests.ingestion.packing import gzipped, replace_line, zipped

BUREAU_ROW = "100777,5001234,Closed,currency 1,-987,0,1,2,3,0,4,5,6,7,Car loan,-8,9"


def refusal(path: Path, kind: type[Exception] = SourceError) -> str:
    with pytest.raises(kind) as caught:
        find_source(path)
    return str(caught.value)


def test_a_missing_source_is_named(tmp_path: Path) -> None:
    assert "nowhere does not exist" in refusal(tmp_path / "nowhere")


def test_a_file_that_is_no_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "data.zip"
    path.write_text("not a zip")
    assert "not a complete zip" in refusal(path)


def test_a_cut_zip_is_refused(folder: Path, tmp_path: Path) -> None:
    path = zipped(folder, tmp_path / "data.zip")
    path.write_bytes(path.read_bytes()[:-100])
    assert "not a complete zip" in refusal(path)


def test_a_single_csv_is_refused_with_the_way_out(folder: Path) -> None:
    assert "Name the folder" in refusal(folder / "application_train.csv")


def test_a_folder_of_zips_points_at_the_zips(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "zips").mkdir()
    zipped(folder, tmp_path / "zips" / "home-credit.zip")
    message = refusal(tmp_path / "zips")
    assert "lacks application_train.csv" in message
    assert "home-credit.zip: name the zip itself" in message


def test_the_labelled_applications_are_required(folder: Path) -> None:
    (folder / "application_train.csv").unlink()
    assert "lacks application_train.csv, which is required" in refusal(folder)


def test_a_file_both_plain_and_gzipped_is_ambiguous(folder: Path) -> None:
    shutil.copy(folder / "bureau.csv", folder / "copy.csv")
    gzipped(folder / "bureau.csv")
    (folder / "copy.csv").rename(folder / "bureau.csv")
    assert "bureau.csv twice: bureau.csv and bureau.csv.gz" in refusal(folder)


def test_another_spelling_of_a_published_name_is_refused(folder: Path) -> None:
    (folder / "POS_CASH_balance.csv").rename(folder / "pos_cash_balance.csv")
    assert "Rename it to POS_CASH_balance.csv" in refusal(folder)


def test_unknown_files_are_ignored_by_name_and_companions_silently(
    folder: Path,
) -> None:
    (folder / "notes.txt").write_text("mine")
    (folder / "sample_submission.csv").write_text("theirs")
    (folder / "HomeCredit_columns_description.csv").write_bytes(b"latin \xe9")
    source = find_source(folder)
    assert source.ignored == ("notes.txt",)
    assert len(source.files) == 8


@pytest.mark.parametrize("inside", ["", "home-credit-default-risk/"])
def test_a_zip_is_read_at_its_top_or_in_one_folder(
    folder: Path, tmp_path: Path, inside: str
) -> None:
    path = zipped(folder, tmp_path / "data.zip", inside)
    assert len(find_source(path).files) == 8


def test_the_same_rows_have_one_digest_however_packed(
    folder: Path, tmp_path: Path
) -> None:
    def digests(path: Path) -> dict[str, object]:
        found = {}
        for name, file in find_source(path).files.items():
            with file.open() as raw:
                found[name] = CsvStream(raw, file.name, lambda *_: None).drain()
        return found

    plain = digests(folder)
    assert digests(zipped(folder, tmp_path / "data.zip")) == plain
    for path in sorted(folder.glob("*.csv"))[::2]:
        gzipped(path)
    assert digests(folder) == plain


def test_a_missing_a_strange_and_a_repeated_column_are_named(folder: Path) -> None:
    replace_line(folder / "bureau_balance.csv", 1, "SK_ID_BUREAU,STATUS,STATUS,COLOUR")
    message = refusal(folder, HeaderError)
    assert "bureau_balance.csv: missing MONTHS_BALANCE; unexpected COLOUR;" in message
    assert "repeated STATUS" in message
    assert "expected SK_ID_BUREAU,MONTHS_BALANCE,STATUS" in message


def test_columns_out_of_order_are_refused_at_the_first(folder: Path) -> None:
    replace_line(folder / "bureau_balance.csv", 1, "SK_ID_BUREAU,STATUS,MONTHS_BALANCE")
    message = refusal(folder, HeaderError)
    assert "out of order from column 2, which is STATUS" in message
    assert "should be MONTHS_BALANCE" in message


def test_every_file_at_fault_is_named_at_once(folder: Path) -> None:
    for name in ("bureau.csv", "installments_payments.csv"):
        replace_line(folder / name, 1, "A,B")
    message = refusal(folder, HeaderError)
    assert "bureau.csv:" in message
    assert "installments_payments.csv:" in message


def test_a_row_in_the_place_of_the_header_is_not_quoted(folder: Path) -> None:
    replace_line(folder / "bureau.csv", 1, BUREAU_ROW)
    message = refusal(folder, HeaderError)
    assert "its first line is not the header" in message
    assert not [part for part in ("100777", "987", "Car loan") if part in message]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbfSK_ID_BUREAU,MONTHS_BALANCE,STATUS\n", "byte order mark"),
        (b"SK_ID_BUREAU,MONTHS_BALANCE,STAT\xe9\n", "not UTF-8"),
        (b"SK_ID_BUREAU;MONTHS_BALANCE;STATUS\n", "separated by commas"),
    ],
)
def test_a_first_line_that_cannot_be_a_header_is_explained(
    folder: Path, content: bytes, reason: str
) -> None:
    (folder / "bureau_balance.csv").write_bytes(content)
    assert reason in refusal(folder, HeaderError)


def test_a_gz_that_is_none_is_refused(folder: Path) -> None:
    gzipped(folder / "bureau.csv").write_text("plain text")
    assert "bureau.csv.gz cannot be read" in refusal(folder)


def test_quoted_column_names_are_accepted(folder: Path) -> None:
    path = folder / "bureau_balance.csv"
    replace_line(path, 1, '"SK_ID_BUREAU","MONTHS_BALANCE","STATUS"')
    assert "bureau_balance" in find_source(folder).files
