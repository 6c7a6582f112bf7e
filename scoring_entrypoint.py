"""Entry point of the Functions worker, which imports it by name beside host.json."""

from pathlib import Path

from function_app.model.native import load_openmp

load_openmp(Path(__file__).with_name("native") / "libgomp.so.1")

from function_app.azure import build_function  # noqa: E402

app = build_function()
