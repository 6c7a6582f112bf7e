from __future__ import annotations

import hashlib
import io

import pytest

from ingestion import SourceError
from ingestion.csv_stream import CsvStream

CONTENT = b"SK_ID_BUREAU,MONTHS_BALANCE,STATUS\n1,-1,C\n2,-2,X\n"


def stream(content: bytes) -> CsvStream:
    return CsvStream(io.BytesIO(content), "some.csv", lambda *_: None)


def read_all(content: bytes, size: int) -> bytes:
    source = stream(content)
    return b"".join(iter(lambda: source.read(size), b""))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 34, 35, 36, 1000])
def test_the_header_is_lowered_and_nothing_else(size: int) -> None:
    assert read_all(CONTENT, size) == (
        b"sk_id_bureau,months_balance,status\n1,-1,C\n2,-2,X\n"
    )


def test_the_digest_is_of_the_bytes_as_they_are_in_the_file() -> None:
    digest = stream(CONTENT).drain()
    assert digest.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert digest.byte_count == len(CONTENT)


def test_progress_adds_up_to_all_bytes_and_lines() -> None:
    seen: list[tuple[int, int]] = []
    CsvStream(io.BytesIO(CONTENT), "x", lambda *step: seen.append(step)).drain()
    assert (sum(b for b, _ in seen), sum(r for _, r in seen)) == (len(CONTENT), 3)


def test_a_file_without_a_last_line_break_is_taken_for_cut() -> None:
    with pytest.raises(SourceError, match="does not end with a line break"):
        stream(CONTENT[:-1]).drain()


@pytest.mark.parametrize("size", [1, 2, 3, 5, 1000])
@pytest.mark.parametrize("after", [b"\n9,-9,0\n", b"\r\n9,-9,0\r\n", b"\n"])
def test_postgresqls_end_marker_is_found_wherever_reads_fall(
    size: int, after: bytes
) -> None:
    with pytest.raises(SourceError, match=r"starts with \\\."):
        read_all(CONTENT + b"\\." + after, size)


def test_a_backslash_inside_a_row_is_no_end_marker() -> None:
    assert read_all(CONTENT + b"3,-3,\\.\n", 4).endswith(b"3,-3,\\.\n")
