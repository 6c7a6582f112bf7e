"""The house's own commands, for what starts them from outside."""

from __future__ import annotations

import importlib

import typer
from typer.core import TyperGroup

# A room's program, or the file beside it that has a main function.
PROGRAMS = {
    "bokeh_app": "bokeh_app.__main__",
    "database": "database.commands",
    "function_app": "function_app.__main__",
}


def unknown_options(module: str, words: list[str]) -> list[str]:
    """Return the options of a call that the program does not have."""
    program = typer.main.get_command(importlib.import_module(PROGRAMS[module]).app)
    if isinstance(program, TyperGroup) and words and words[0] in program.commands:
        program = program.commands[words[0]]
        words = words[1:]
    known = {option for parameter in program.params for option in parameter.opts}
    return [word for word in words if word.startswith("--") and word not in known]
