"""The pages around the dashboard: sign in, and why there is nothing to see."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from jinja2 import Template

from bokeh_app.fragments import page_template
from bokeh_app.texts import Language, Texts, as_language, read_texts

HOME = "/bokeh_app"


def safe_next(address: str | None) -> str:
    """Return an address of this server to go to after signing in.

    Anything else, another host before all, is replaced by the dashboard itself.
    """
    address = address or HOME
    is_path = address.startswith("/") and not address.startswith(("//", "/\\"))
    is_plain = address.isascii() and address.isprintable() and "\\" not in address
    return address if is_path and is_plain else HOME


def language_of(address: str) -> Language:
    """Return the language that an address of the dashboard asks for."""
    return as_language(
        next(iter(parse_qs(urlsplit(address).query).get("lang", [])), "")
    )


def other_language(texts: Texts) -> Language:
    """Return the language that the page does not speak."""
    return "en" if texts.language == "fr" else "fr"


def in_language(address: str, language: Language) -> str:
    """Return the same address of the dashboard in a language."""
    parts = urlsplit(address)
    query = [
        pair for pair in parts.query.split("&") if pair and not pair.startswith("lang=")
    ]
    return f"{parts.path}?{'&'.join([*query, f'lang={language}'])}"


def sign_in_page(
    destination: str, xsrf_token: str, problem: str = "", login: str = ""
) -> str:
    """Render the page that asks who is there.

    Parameters
    ----------
    destination : str
        Where to go afterwards.
    xsrf_token : str
    problem : str, optional
        Key of what went wrong, in the catalogue of texts.
    login : str, optional
        As it was typed.
    """
    texts = read_texts(language_of(destination))
    return page_template("sign_in.html").render(
        t=texts,
        destination=destination,
        elsewhere=in_language(destination, other_language(texts)),
        xsrf_token=xsrf_token,
        problem=texts(problem) if problem else "",
        login=login,
    )


def notice_page(key: str, language: Language, refresh: int = 0) -> str:
    """Render a page that says why there is nothing to see.

    Parameters
    ----------
    key : str
        Of the sentence, in the catalogue of texts.
    language : {"fr", "en"}
    refresh : int, optional
        After how many seconds the browser tries again; 0 for never.
    """
    return notice_template().render(
        t=read_texts(language), message=read_texts(language)(key), refresh=refresh
    )


def notice_template() -> Template:
    """Return the template of `notice_page`."""
    return page_template("notice.html")
