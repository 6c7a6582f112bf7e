"""The page that documents the calls, without anything loaded from elsewhere.

The types of problem documents lead to its list of problems.
"""

import html
import secrets
from importlib.resources import files
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import FileResponse, HTMLResponse, Response

from function_app.web.problems import ALL_KINDS

DOCS_PATH = "/api/docs"
OPENAPI_PATH = "/api/openapi.json"

# Brings the files of Swagger UI; the function deployed to Azure goes without it.
_ASSETS_PACKAGE = "fastapi_offline"
_ASSETS = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
}


def install_docs_page(app: FastAPI) -> None:
    """Serve Swagger UI where its files are installed, else a plain list of calls."""
    router = APIRouter(prefix=DOCS_PATH, include_in_schema=False)
    folder = _assets_folder()
    if folder is None:

        @router.get("")
        async def plain_page(request: Request) -> Response:
            return _plain_page(request.app.title, request.app.openapi())

    else:
        for name, media_type in _ASSETS.items():
            router.add_api_route(f"/{name}", _asset(folder / name, media_type))

        @router.get("")
        async def swagger_page(request: Request) -> Response:
            return _swagger_page(request.app.title)

    app.include_router(router)


def _assets_folder() -> Path | None:
    try:
        return Path(str(files(_ASSETS_PACKAGE))) / "static"
    except ModuleNotFoundError:
        return None


def _asset(path: Path, media_type: str) -> Any:
    async def asset() -> FileResponse:
        return FileResponse(path, media_type=media_type)

    return asset


def _swagger_page(title: str) -> Response:
    nonce = secrets.token_urlsafe(16)
    page = get_swagger_ui_html(
        openapi_url=OPENAPI_PATH,
        title=title,
        swagger_js_url=f"{DOCS_PATH}/swagger-ui-bundle.js",
        swagger_css_url=f"{DOCS_PATH}/swagger-ui.css",
        swagger_favicon_url="data:,",
    )
    text = (
        bytes(page.body)
        .decode()
        .replace("<html>", '<html lang="en">')
        .replace("<script>", f'<script nonce="{nonce}">')
        .replace(
            "</body>", f'<div class="swagger-ui wrapper">{_problems()}</div></body>'
        )
    )
    policy = (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
        "frame-ancestors 'none'"
    )
    return HTMLResponse(text, headers={"content-security-policy": policy})


def _plain_page(title: str, document: dict[str, Any]) -> Response:
    calls = "".join(
        f"<li><code>{method.upper()} {html.escape(path)}</code>: "
        f"{html.escape(operation['summary'])}</li>"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    )
    return HTMLResponse(
        f'<!doctype html><html lang="en"><head><title>{html.escape(title)}</title>'
        '<meta name="viewport" content="width=device-width"></head><body><main>'
        f"<h1>{html.escape(title)}</h1>"
        f"<p>{html.escape(document['info']['description'])}</p>"
        f"<h2>Calls</h2><ul>{calls}</ul>{_problems()}"
        f'<p><a href="{OPENAPI_PATH}">The OpenAPI document</a></p>'
        "</main></body></html>"
    )


def _problems() -> str:
    entries = "".join(
        f'<dt id="{kind.name}"><code>{html.escape(kind.type_uri)}</code></dt>'
        f"<dd>{kind.status} {html.escape(kind.title)}</dd>"
        for kind in ALL_KINDS
    )
    return f"<h2>Problems</h2><dl>{entries}</dl>"
