"""HTTP over scoring: a client's number in, an explained and logged decision out.

``create_app`` makes the ASGI application; ``python -m function_app`` serves it with
uvicorn and :mod:`function_app.azure` wraps it for the Azure Functions worker.
"""

from function_app.app import create_app
from function_app.settings import FunctionSettings, load_settings

__all__ = ["FunctionSettings", "create_app", "load_settings"]
