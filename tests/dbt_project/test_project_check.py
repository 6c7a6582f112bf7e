"""The project keeps its own rules: names, layers, documentation, tests, contracts.

What dbt-project-evaluator asks of a project, asked of the manifest that dbt writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

Node = dict[str, Any]

NAMES = {
    "staging": r"stg_home_credit__\w+",
    "quarantine": r"quarantine_\w+",
    "marts": r"(dim|fct|ref)_\w+",
    "analysis": r"agg_\w+",
    "features": r"(feat_\w+|client_features|feature_catalogue|(client|feature)_block)",
    "codes": r"ref_\w+",
    "feature words": r"feature_\w+",
}
PARENTS = {
    "staging": {"landing"},
    "quarantine": {"landing", "marts"},
    "marts": {"staging", "quarantine", "marts", "codes"},
    "analysis": {"marts", "codes", "analysis"},
    "features": {"marts", "features", "feature words"},
}
SCHEMAS = {"analysis": "marts", "codes": "marts", "feature words": "features"}
ACCESS = {
    "staging": "private",
    "quarantine": "protected",
    "marts": "public",
    "analysis": "public",
    "features": "public",
}
CALLED_BY_DBT = re.compile(r"materialization_\w+|generate_schema_name")
DISPATCHED = re.compile(r"(postgres|spark|default)__(\w+)")


@pytest.fixture(scope="module")
def nodes(manifest: Node) -> dict[str, Node]:
    return {
        **manifest["nodes"],
        **manifest["sources"],
    }


def models(nodes: dict[str, Node]) -> Iterator[Node]:
    return (node for node in nodes.values() if node["resource_type"] == "model")


def tables(nodes: dict[str, Node]) -> Iterator[Node]:
    """Models and seeds: whatever has a name of its own."""
    kinds = ("model", "seed")
    return (node for node in nodes.values() if node["resource_type"] in kinds)


def layer(node: Node) -> str:
    if node["resource_type"] not in ("model", "seed", "source"):
        return "none"
    if node["resource_type"] == "source":
        return "landing" if node["source_name"] == "home_credit" else "log"
    if node["resource_type"] == "seed":
        return "codes" if node["fqn"][1] == "codes" else "feature words"
    return str(node["fqn"][1])


def parents(node: Node) -> list[str]:
    return [str(parent) for parent in node["depends_on"]["nodes"]]


def declared_kinds(node: Node) -> set[str]:
    """Kinds of constraints, which seeds have under their meta."""
    own = [*node.get("constraints", []), *node["config"]["meta"].get("constraints", [])]
    of_columns = [
        c for column in node["columns"].values() for c in column["constraints"]
    ]
    return {constraint["type"] for constraint in (*own, *of_columns)}


def test_every_name_tells_the_layer(nodes: dict[str, Node]) -> None:
    assert not [
        node["name"]
        for node in tables(nodes)
        if not re.fullmatch(NAMES[layer(node)], node["name"])
    ]


def test_every_model_is_in_the_file_and_the_schema_of_its_name(
    nodes: dict[str, Node],
) -> None:
    for node in tables(nodes):
        assert Path(node["path"]).stem == node["name"]
    for node in models(nodes):
        assert node["schema"] == SCHEMAS.get(layer(node), layer(node)), node["name"]


def test_layers_read_only_what_lies_below_them(nodes: dict[str, Node]) -> None:
    assert not [
        f"{node['name']} reads {nodes[parent]['name']}"
        for node in models(nodes)
        for parent in parents(node)
        if layer(nodes[parent]) not in PARENTS[layer(node)]
    ]


def test_no_model_names_a_table_past_dbt(nodes: dict[str, Node]) -> None:
    past_dbt = re.compile(r"\b(from|join)\s+(raw|staging|marts|features|quarantine)\.")
    assert not [
        node["name"] for node in models(nodes) if past_dbt.search(node["raw_code"])
    ]


def test_staging_has_one_view_for_each_landing_table(
    manifest: Node, nodes: dict[str, Node]
) -> None:
    staged = [
        parent
        for node in models(nodes)
        if layer(node) == "staging"
        for parent in parents(node)
    ]
    landed = [key for key, node in nodes.items() if layer(node) == "landing"]
    assert sorted(staged) == sorted(landed)


def test_every_model_is_tested(manifest: Node, nodes: dict[str, Node]) -> None:
    tested = {
        parent
        for node in nodes.values()
        if node["resource_type"] == "test"
        for parent in parents(node)
    }
    tested.update(
        parent for test in manifest["unit_tests"].values() for parent in parents(test)
    )
    assert not [
        node["name"] for node in models(nodes) if node["unique_id"] not in tested
    ]


def test_every_landing_table_is_accounted_for(nodes: dict[str, Node]) -> None:
    accounts = [
        {nodes[parent]["name"] for parent in parents(node)}
        for node in nodes.values()
        if node["resource_type"] == "test" and "account" in node["name"]
    ]
    assert not [
        node["name"]
        for node in nodes.values()
        if layer(node) == "landing"
        and not any(
            {node["name"], f"quarantine_{node['name']}"} <= account
            for account in accounts
        )
    ]


def test_every_table_declares_a_primary_key(nodes: dict[str, Node]) -> None:
    assert not [
        node["name"]
        for node in tables(nodes)
        if node["config"]["materialized"] != "view"
        and "primary_key" not in declared_kinds(node)
    ]


def test_every_fact_declares_foreign_keys_and_checks(nodes: dict[str, Node]) -> None:
    assert not [
        node["name"]
        for node in models(nodes)
        if node["name"].startswith(("dim_", "fct_"))
        and not {"foreign_key", "check", "not_null"} <= declared_kinds(node)
    ]


def test_every_model_has_its_group_and_access(nodes: dict[str, Node]) -> None:
    for node in models(nodes):
        assert node["group"], node["name"]
        assert node["access"] == ACCESS[layer(node)], node["name"]


def test_every_public_model_is_under_contract(nodes: dict[str, Node]) -> None:
    public = [node for node in models(nodes) if node["access"] == "public"]
    assert not [n["name"] for n in public if not n["config"]["contract"]["enforced"]]
    assert not [
        f"{node['name']}.{column['name']}"
        for node in public
        for column in node["columns"].values()
        if not column["data_type"]
    ]


def test_every_exposure_reads_public_models_and_has_an_owner(
    manifest: Node, nodes: dict[str, Node]
) -> None:
    assert manifest["exposures"]
    for exposure in manifest["exposures"].values():
        assert exposure["owner"]["name"], exposure["name"]
        assert parents(exposure), exposure["name"]
        for parent in parents(exposure):
            read = nodes[parent]
            assert read["resource_type"] == "seed" or read["access"] == "public"


def test_every_seed_and_landing_table_is_read(
    manifest: Node, nodes: dict[str, Node]
) -> None:
    readers = [*nodes.values(), *manifest["exposures"].values()]
    read = {
        parent
        for node in readers
        if node["resource_type"] in ("model", "exposure")
        for parent in parents(node)
    }
    assert not [
        key
        for key, node in nodes.items()
        if node["resource_type"] in ("seed", "source")
        and layer(node) != "log"
        and key not in read
    ]


def test_every_macro_is_called(manifest: Node, root: Path) -> None:
    callers = [*manifest["nodes"].values(), *manifest["macros"].values()]
    called = {name for node in callers for name in node["depends_on"]["macros"]}
    known = {macro["name"] for macro in manifest["macros"].values()}
    guide = (root / "docs" / "training.md").read_text()
    by_hand = set(re.findall(r"run-operation (\w+)", guide))
    unused = []
    for key, macro in manifest["macros"].items():
        name = macro["name"]
        if macro["package_name"] != "home_credit" or key in called or name in by_hand:
            continue
        dispatched = DISPATCHED.fullmatch(name)
        is_dialect = dispatched is not None and dispatched[2] in known
        if not is_dialect and not CALLED_BY_DBT.fullmatch(name):
            unused.append(name)
    assert not unused
