from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.function_app.small_bank import FIRST_CLIENT, KEY
from tests.load.conftest import ServedBank

pytestmark = pytest.mark.load

texts = st.text(max_size=40)
segments = st.one_of(
    texts,
    st.integers().map(str),
    st.sampled_from([str(FIRST_CLIENT), "0x1", "1e3", "٣", "1 or 1=1", "%00", ".."]),
).map(lambda text: quote(text, safe="%"))
queries = st.dictionaries(st.sampled_from(["lang", "explain", "x"]) | texts, texts)
header_values = st.text(
    st.characters(min_codepoint=32, max_codepoint=126), max_size=80
).map(str.strip)


@pytest.fixture(scope="module")
def caller(served_bank: ServedBank) -> Iterator[httpx.Client]:
    headers = {"x-functions-key": KEY}
    with httpx.Client(base_url=served_bank.base_url, headers=headers) as client:
        yield client


def test_no_path_query_or_header_makes_a_5xx(caller: httpx.Client) -> None:
    paths = st.builds(
        "/api/v1/{}/{}{}".format,
        st.sampled_from(["clients", "decisions", "model", "health"]) | segments,
        segments,
        st.sampled_from(["", "/score", "/score/", "/reviews"]),
    )
    headers = st.dictionaries(
        st.sampled_from(["x-request-id", "accept", "content-type", "idempotency-key"]),
        header_values,
    )

    @given(paths, queries, headers)
    @settings(
        max_examples=100,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def call(path: str, query: dict[str, str], headers: dict[str, str]) -> None:
        response = caller.get(path, params=query, headers=headers)
        assert response.status_code < 500
        if response.status_code >= 400:
            assert response.headers["content-type"] == "application/problem+json"

    call()
