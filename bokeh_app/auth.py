"""The Bokeh server's auth module: `bokeh serve bokeh_app --auth-module` names it."""

import sys
from pathlib import Path

# `bokeh serve` runs this file by its path, and knows no package.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bokeh_app import sign_in_handlers as handlers
from bokeh_app.sign_in_handlers import LoginHandler, LogoutHandler, get_user_async

__all__ = ["LoginHandler", "LogoutHandler", "get_user_async", "login_url", "logout_url"]

login_url = handlers.LOGIN_URL
logout_url = handlers.LOGOUT_URL
