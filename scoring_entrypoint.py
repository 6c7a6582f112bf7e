"""Entry point of the Functions worker, which imports it by name beside host.json."""

from function_app.azure import build_function

app = build_function()
