"""The documents name what exists, and what they name exists."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import re
import tomllib
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from types import ModuleType

import pytest
import typer
from pydantic import SecretStr
from pydantic_settings import BaseSettings
from typer.core import TyperGroup

from function_app.app import create_app
from function_app.settings import FunctionSettings
from tests.running import ROOT

README = (ROOT / "README.md").read_text()
PACKAGES = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"][
    "packages"
]
DOCUMENTS = [p for p in ROOT.rglob("*.md") if ".venv" not in p.parts]
# What commands make, which need not be there.
MADE = {"build", "dist", "models", "runs", "data", "logs", ".venv", ".warehouse"}
COMMAND_ROOMS = ["database", "ingestion", "training", "function_app", "bokeh_app"]


def modules(package: str) -> Iterator[ModuleType]:
    """Import every module of a package but its programs."""
    found = importlib.import_module(package)
    yield found
    for module in pkgutil.walk_packages(found.__path__, f"{package}."):
        if module.name.rsplit(".", 1)[1] not in {"__main__", "main", "app_hooks"}:
            yield importlib.import_module(module.name)


def settings() -> set[str]:
    """Return the environment variables that any settings class reads."""
    names: set[str] = set()
    # First: database/backup, once on the path, brings a module of its own named tools.
    for package in ("tools.board", *PACKAGES):
        for module in modules(package):
            for value in vars(module).values():
                if isinstance(value, type) and issubclass(value, BaseSettings):
                    prefix = value.model_config.get("env_prefix", "")
                    names |= {f"{prefix}{n}".upper() for n in value.model_fields}
    return names | dbt_settings()


def dbt_settings() -> set[str]:
    """Return the environment variables that the dbt project reads."""
    return {
        name
        for pattern in ("*.yml", "macros/**/*.sql")
        for path in (ROOT / "dbt_project").glob(pattern)
        for name in re.findall(r"env_var\(\s*'(\w+)'", path.read_text())
    }


def application(package: str) -> typer.Typer:
    for name in (f"{package}.commands", f"{package}.__main__"):
        if importlib.util.find_spec(name):
            app = getattr(importlib.import_module(name), "app", None)
            if isinstance(app, typer.Typer):
                return app
    raise AssertionError(f"{package} has no commands")


def subcommands(package: str) -> list[str]:
    command = typer.main.get_command(application(package))
    return sorted(command.commands) if isinstance(command, TyperGroup) else []


@pytest.mark.parametrize("package", COMMAND_ROOMS)
def test_every_command_is_in_the_readme(package: str) -> None:
    missing = [
        name
        for name in subcommands(package)
        if not re.search(rf"python -m {package}[^\n]*\b{re.escape(name)}\b", README)
    ]
    assert f"python -m {package}" in README
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_command_in_a_document_exists(document: Path) -> None:
    """With each of its options; what follows `--` is another program's."""
    wrong = []
    text = re.sub(r"\\\n\s*", "", document.read_text())
    for package, words in re.findall(r"python -m (\w+)([^\n`|]*)", text):
        if package not in COMMAND_ROOMS:
            continue
        name, *options = re.split(r"\s+", words.partition("#")[0].strip()) or [""]
        program = typer.main.get_command(application(package))
        if isinstance(program, TyperGroup):
            if not re.fullmatch(r"[a-z]+(-[a-z]+)*", name):
                continue
            if name not in program.commands:
                wrong.append(f"{package} {name}")
                continue
            program = program.commands[name]
            while isinstance(program, TyperGroup) and options:
                name, *options = options
                if name not in program.commands:
                    wrong.append(f"{package} … {name}")
                    break
                program = program.commands[name]
        known = {
            option
            for param in program.params
            for option in (*param.opts, *param.secondary_opts)
        }
        used = takewhile(lambda word: word != "--", options)
        wrong += [
            f"{package} {name} {word}"
            for word in used
            if re.match(r"--[a-z]", word) and word not in known
        ]
    assert wrong == []


def test_every_make_target_is_in_the_readme_and_no_other() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):.*##", makefile, re.MULTILINE)) - {"help"}
    named = set(re.findall(r"`make ([a-z]+)", README))
    assert named == targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_make_target_and_tool_in_a_document_exists(document: Path) -> None:
    text = document.read_text()
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    code = re.findall(r"```.*?```|`[^`]*`", text, re.DOTALL)
    calls = re.findall(r"(?:^|`)make ([a-z]+)", "\n".join(code), re.MULTILINE)
    assert set(calls) <= targets
    tools = re.findall(r"python -m (tools\.\w+)", text)
    assert [tool for tool in tools if not importlib.util.find_spec(tool)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_place_in_the_code_that_a_document_names_exists(document: Path) -> None:
    rooms = {path.name for path in ROOT.iterdir() if path.is_dir()} - MADE
    places = re.findall(r"`([\w.-]+/[\w./-]*)`", document.read_text())
    inside = [place for place in places if place.split("/")[0] in rooms]
    assert [place for place in inside if not (ROOT / place).exists()] == []


def test_every_setting_is_in_the_example_file_and_no_other() -> None:
    example = (ROOT / ".env.example").read_text()
    named = set(re.findall(r"^#?\s?([A-Z][A-Z0-9_]+)=", example, re.MULTILINE))
    assert named == settings()


def test_every_endpoint_is_in_the_readme() -> None:
    made_up = FunctionSettings(scoring_api_key=SecretStr("only-to-read-the-paths"))
    paths = create_app(made_up).openapi()["paths"]
    assert [path for path in paths if path not in README] == []


def test_the_map_names_every_room() -> None:
    rooms = {
        path.name
        for path in ROOT.iterdir()
        if path.is_dir()
        and path.name[0] != "."
        and path.name not in MADE
        and not path.name.endswith(".egg-info")
    }
    named = set(re.findall(r"^([a-z_]+)/\s", README, re.MULTILINE))
    assert named == rooms


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_link_inside_the_repository_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text())
    assert [link for link in links if not (document.parent / link).exists()] == []
