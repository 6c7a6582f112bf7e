"""The Bokeh server's auth module: `bokeh serve bokeh_app --auth-module` names it."""

import sys
from pathlib import Path

# `bokeh serve` runs this file by its path, and knows no package.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bokeh_app.web.sign_in import (
    LOGIN_URL,
    LOGOUT_URL,
    LoginHandler,
    LogoutHandler,
    get_user_async,
)

__all__ = ["LoginHandler", "LogoutHandler", "get_user_async", "login_url", "logout_url"]

login_url = LOGIN_URL
logout_url = LOGOUT_URL
