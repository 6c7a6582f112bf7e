"""HTTP over scoring: a client's number in, an explained and logged decision out.

``create_app`` of :mod:`function_app.app` makes the ASGI application; ``python -m
function_app`` serves it with uvicorn and :mod:`function_app.azure` wraps it for the
Azure Functions worker. This package itself loads nothing but settings, so that a caller
need not wait for the model's libraries.
"""

from function_app.settings import FunctionSettings, load_settings

__all__ = ["FunctionSettings", "load_settings"]
