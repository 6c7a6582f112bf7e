"""Building twice from the same landing tables gives the same rows everywhere."""

from __future__ import annotations

from tests.dbt_project.conftest import Query, checksums
from tests.running import run_dbt


def test_two_builds_are_the_same_and_pass_all_tests_of_the_project(
    built: Query,
) -> None:
    first = checksums(built)
    finished = run_dbt("build")
    assert finished.returncode == 0, finished.stdout[-8000:]
    of_each_schema = {"marts.dim_client", "quarantine.bureau", "features.feat_card"}
    assert of_each_schema < set(first)
    assert checksums(built) == first
