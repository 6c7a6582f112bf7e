"""A browser without a screen at the dashboard: signs in, keeps its cookies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from tests.conftest import Person

XSRF = re.compile(r'name="_xsrf" value="([^"]+)"')


def visitor(url: str, address: str = "127.0.0.1") -> httpx.Client:
    """Return a client that calls from an address; the caller closes it."""
    return httpx.Client(
        base_url=url.removesuffix("/bokeh_app"),
        transport=httpx.HTTPTransport(local_address=address),
        follow_redirects=True,
        timeout=30,
    )


def token_of(page: str) -> str:
    """Return the token that the page's forms send back."""
    found = XSRF.search(page)
    assert found, page
    return found[1]


def sign_in(
    client: httpx.Client, login: str, password: str, destination: str = "/bokeh_app"
) -> httpx.Response:
    """Fill in the form, and follow where it leads."""
    form = {"login": login, "password": password, "next": destination}
    page = client.get("/login", params={"next": destination}).text
    return client.post("/login", data={**form, "_xsrf": token_of(page)})


@contextmanager
def signed_in(url: str, person: Person) -> Iterator[httpx.Client]:
    """Give a client that has signed in."""
    with visitor(url) as client:
        answer = sign_in(client, person.login, person.password)
        assert answer.url.path == "/bokeh_app", answer.status_code
        yield client


def is_in(client: httpx.Client) -> bool:
    """Tell whether the dashboard takes the client for somebody it knows."""
    response = client.get("/bokeh_app", follow_redirects=False)
    assert response.status_code in (200, 302)
    return response.status_code == 200
