"""Nobody sees a client without having signed in, and sign-ins end."""

import ipaddress
import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest
from bokeh.util.token import get_token_payload
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bokeh_app.access.activity import Activity
from bokeh_app.access.door import open_door
from bokeh_app.access.gate import (
    MOST_BY_ADDRESS,
    MOST_BY_LOGIN,
    TooManyAttemptsError,
    hash_login,
)
from bokeh_app.access.pages import in_language, safe_next
from bokeh_app.access.seats import Seats
from bokeh_app.access.users import open_users
from bokeh_app.services import open_services
from bokeh_app.settings import Settings
from database import connect
from database.ports import free_port
from tests.bokeh_app.visitors import is_in, sign_in, signed_in, token_of, visitor
from tests.conftest import DASHBOARD_SECRET, Person, add_person
from tests.running import must_run, run_module, server, wait_until

KEY = {"SCORING_API_KEY": "a-key-for-this-test-only"}
SECRET = {"DASHBOARD_SECRET": DASHBOARD_SECRET}
COOKIE = "credit_file"


@pytest.fixture(scope="module")
def served(built_warehouse: Path, session_dir: Path) -> Iterator[str]:
    """A dashboard whose people may have six pages open."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/bokeh_app"
    command = [sys.executable, "-m", "bokeh_app", "--port", str(port)]
    settings = {"DASHBOARD_USER_SESSION_LIMIT": "6", **KEY, **SECRET}
    with server(command, url, session_dir / "bokeh_app_of_access.log", **settings):
        yield url


@pytest.fixture(scope="module")
def served_log(served: str, session_dir: Path) -> Path:
    return session_dir / "bokeh_app_of_access.log"


@pytest.fixture
def newcomer(built_warehouse: Path) -> Person:
    """Somebody whom no other test signs in."""
    return add_person(f"newcomer.{uuid4().hex}", "Nina Roche")


@pytest.fixture
def advisor(served: str, newcomer: Person) -> Iterator[httpx.Client]:
    with signed_in(served, newcomer) as client:
        yield client


@pytest.mark.parametrize(
    "path", ["/", "/bokeh_app", "/bokeh_app/metadata", "/bokeh_app/autoload.js"]
)
def test_who_has_not_signed_in_is_asked_to(served: str, path: str) -> None:
    with visitor(served) as client:
        response = client.get(path, params={"client": "100002", "lang": "en"})
    assert response.url.path == "/login"
    assert '<html lang="en">' in response.text or path == "/"


def test_a_socket_without_a_sign_in_is_refused(served: str) -> None:
    assert handshake(served, token="x.y", cookies="") == 403


def test_after_signing_in_the_page_asked_for_is_shown(
    served: str, an_advisor: Person
) -> None:
    wanted = "/bokeh_app?client=100002&lang=en"
    with visitor(served) as client:
        response = sign_in(client, an_advisor.login, an_advisor.password, wanted)
    assert response.status_code == 200
    assert str(response.url).endswith(wanted)
    assert an_advisor.name in response.text


def test_a_login_is_the_same_in_capitals(served: str, an_advisor: Person) -> None:
    with visitor(served) as client:
        sign_in(client, f" {an_advisor.login.upper()} ", an_advisor.password)
        assert is_in(client)


def test_wrong_unknown_and_disabled_are_not_told_apart(
    served: str, an_advisor: Person, newcomer: Person
) -> None:
    change_user("disable", newcomer.login)
    answers = set()
    for login, password in (
        (an_advisor.login, "not the password"),
        ("nobody.at.all", "not the password"),
        ("not even a login'--", "not the password"),
        (newcomer.login, newcomer.password),
    ):
        with visitor(served) as client:
            response = sign_in(client, login, password)
            assert not is_in(client)
        told = response.text.split('id="problem"')[1].split("</p>")[0]
        answers.add((response.status_code, told))
    assert len(answers) == 1
    assert answers.pop()[0] == 403


@pytest.mark.parametrize("path", ["/login", "/logout"])
def test_a_form_of_another_site_is_refused(advisor: httpx.Client, path: str) -> None:
    assert advisor.post(path, data={"login": "a", "password": "b"}).status_code == 403
    assert is_in(advisor)


@pytest.mark.parametrize(
    "address",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", ""],
)
def test_nobody_is_led_to_another_site_after_signing_in(address: str) -> None:
    assert safe_next(address) == "/bokeh_app"


def test_the_other_language_keeps_the_client() -> None:
    there = in_language("/bokeh_app?client=100002&lang=fr", "en")
    assert there == "/bokeh_app?client=100002&lang=en"


def test_the_cookie_is_for_the_server_alone_and_no_script_sees_it(
    served: str, an_advisor: Person
) -> None:
    with visitor(served) as client:
        page = client.get("/login").text
        form = {"login": an_advisor.login, "password": an_advisor.password}
        answer = client.post(
            "/login",
            data={**form, "_xsrf": token_of(page)},
            follow_redirects=False,
        )
    set_cookie = next(
        value
        for value in answer.headers.get_list("set-cookie")
        if value.startswith(COOKIE)
    )
    for flag in ("HttpOnly", "SameSite=Lax", "Max-Age=36000", "Path=/"):
        assert flag in set_cookie


def test_the_page_s_token_holds_no_cookie(advisor: httpx.Client) -> None:
    payload = get_token_payload(session_token(advisor.get("/bokeh_app").text))
    assert "session_expiry" in payload
    assert advisor.cookies[COOKIE] not in str(payload)


def session_token(page: str) -> str:
    """Return the token by which a page's scripts open its session."""
    return page.split('"token":"')[1].split('"')[0]


def test_a_cookie_that_was_not_signed_here_is_no_sign_in(
    served: str, advisor: httpx.Client
) -> None:
    value = advisor.cookies[COOKIE]
    for altered in (value[:-1] + ("0" if value[-1] != "0" else "1"), "x", ""):
        with visitor(served) as other:
            other.cookies.set(COOKIE, altered)
            assert not is_in(other)


def test_signing_out_ends_copies_of_the_cookie_too(
    served: str, newcomer: Person
) -> None:
    with signed_in(served, newcomer) as client, visitor(served) as thief:
        thief.cookies.set(COOKIE, client.cookies[COOKIE])
        assert is_in(thief)
        token = token_of(client.get("/bokeh_app?lang=en").text)
        left = client.post(
            "/logout", data={"_xsrf": token, "next": "/bokeh_app?lang=en"}
        )
        assert left.url.path == "/login"
        assert '<html lang="en">' in left.text
        assert not is_in(thief)


@pytest.mark.parametrize(
    "change",
    [["set_password", "another-password"], ["disable"], ["set_role", "manager"]],
)
def test_a_change_of_the_user_ends_the_sign_in(
    served: str, newcomer: Person, change: list[str]
) -> None:
    verb, *more = change
    with signed_in(served, newcomer) as client:
        assert is_in(client)
        change_user(verb, newcomer.login, *more)
        assert not is_in(client)
        change_user("enable", newcomer.login)
        assert not is_in(client)


def change_user(verb: str, login: str, *values: str) -> None:
    with open_users() as users:
        getattr(users, verb)(login, *values)


def test_the_commands_change_what_a_person_may_do(
    served: str, newcomer: Person
) -> None:
    login = newcomer.login
    must_run("bokeh_app", "users", "disable", login)
    with visitor(served) as client:
        sign_in(client, login, newcomer.password)
        assert not is_in(client)
    must_run("bokeh_app", "users", "enable", login)
    must_run("bokeh_app", "users", "role", login, "manager")
    password = must_run("bokeh_app", "users", "password", login, "--generate").strip()
    with visitor(served) as client:
        sign_in(client, login, newcomer.password)
        assert not is_in(client)
        sign_in(client, login, password)
        assert is_in(client)
    listed = must_run("bokeh_app", "users", "list", COLUMNS="200")
    [line] = [line for line in listed.splitlines() if login in line]
    for told in (newcomer.name, "manager", "yes"):
        assert told in line
    assert "argon2" not in listed


def test_five_failures_block_a_login_from_an_address_even_with_the_password(
    served: str, newcomer: Person, served_log: Path
) -> None:
    with visitor(served, address="127.0.0.7") as client:
        for _ in range(5):
            response = sign_in(client, newcomer.login, "a wrong password")
            assert response.status_code == 403
        blocked = sign_in(client, newcomer.login, newcomer.password)
        assert blocked.status_code == 429
        assert int(blocked.headers["retry-after"]) > 0
        assert not is_in(client)
    with signed_in(served, newcomer) as client:  # from another address
        assert is_in(client)
    log = served_log.read_text()
    assert f"failed: {newcomer.login} from 127.0.0.7" in log
    assert "blocked for a while, asked from 127.0.0.7" in log
    assert f"signed_in: {newcomer.login} from 127.0.0.1" in log
    assert newcomer.password not in log
    assert "a wrong password" not in log


@pytest.mark.parametrize(
    ("most", "login", "address"),
    [
        (MOST_BY_LOGIN, "blocked.everywhere", "198.51.100.{n}"),
        (MOST_BY_ADDRESS, "blocked.{n}", "198.51.101.1"),
    ],
    ids=["login", "address"],
)
def test_many_failures_block_a_login_anywhere_and_an_address_for_anybody(
    built_warehouse: Path, most: int, login: str, address: str
) -> None:
    failed = [
        (hash_login(DASHBOARD_SECRET, login.format(n=n)), address.format(n=n))
        for n in range(most)
    ]
    connection = connect("advisor")
    connection.set_session(readonly=False)
    with closing(connection), connection, connection.cursor() as cursor:
        cursor.executemany(
            "insert into ops.sign_in_event (event, login_hash, address)"
            " values ('failed', %s, %s)",
            failed[1:],
        )
        services = open_services(
            Settings(scoring_api_key="key", dashboard_secret=DASHBOARD_SECRET)
        )
        try:
            typed, caller = login.format(n=most), address.format(n=most)
            connection.commit()
            assert services.door.gate.sign_in(typed, "any password", caller) is None
            with pytest.raises(TooManyAttemptsError):
                services.door.gate.sign_in(typed, "any password", caller)
        finally:
            services.close()


def test_what_was_typed_as_an_unknown_login_is_kept_nowhere(
    served: str, served_log: Path
) -> None:
    typed = "hunter2-typed-into-the-wrong-field"
    with visitor(served, address="127.0.0.9") as client:
        sign_in(client, typed, "x")
    connection = connect("auditor", read_only=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "select event, login, sign_in_event::text from ops.sign_in_event"
            " where address = '127.0.0.9' order by event_id desc limit 1"
        )
        [(event, login, row)] = cursor.fetchall()
    connection.close()
    assert (event, login) == ("failed", None)
    assert typed not in row
    assert typed not in served_log.read_text()


def test_a_session_of_somebody_else_s_choice_is_refused(
    advisor: httpx.Client,
) -> None:
    page = advisor.get("/bokeh_app").text
    token = session_token(page)
    for given in ({"bokeh-session-id": "known-to-two"}, {"bokeh-token": token}):
        assert advisor.get("/bokeh_app", params=given).status_code == 403


def test_nobody_joins_another_person_s_session(
    served: str, advisor: httpx.Client, a_manager: Person
) -> None:
    page = advisor.get("/bokeh_app").text
    token = session_token(page)
    with signed_in(served, a_manager) as other:
        theirs = f"{COOKIE}={other.cookies[COOKIE]}"
    assert handshake(served, token, theirs) == 403
    assert handshake(served, token, f"{COOKIE}={advisor.cookies[COOKIE]}") == 101


def handshake(url: str, token: str, cookies: str) -> int:
    """Return the status of opening a page's web socket."""
    headers = {
        "Connection": "Upgrade",
        "Cookie": cookies,
        "Origin": url.removesuffix("/bokeh_app"),
        "Sec-WebSocket-Key": "c29tZSBieXRlcyBvZiBpdA==",
        "Sec-WebSocket-Protocol": f"bokeh, {token}",
        "Sec-WebSocket-Version": "13",
        "Upgrade": "websocket",
    }
    with closing(HTTPConnection("127.0.0.1", urlsplit(url).port)) as connection:
        connection.request("GET", "/bokeh_app/ws", headers=headers)
        return connection.getresponse().status


def test_a_person_opens_so_many_pages_and_no_more(
    served: str, newcomer: Person
) -> None:
    with signed_in(served, newcomer) as client:
        pages = [client.get("/bokeh_app?lang=en").text for _ in range(6)]
    assert "client-number" in pages[-2]
    assert "client-number" not in pages[-1]  # signing in has opened one already
    assert "Too many pages are open" in pages[-1]


def test_places_are_given_back_and_limited_in_all() -> None:
    seats = Seats(limit=3, user_limit=2)
    assert [seats.take("a"), seats.take("a"), seats.take("a")] == [True, True, False]
    assert [seats.take("b"), seats.take("c")] == [True, False]
    seats.leave("a")
    assert seats.take("c")


def test_a_sign_in_that_does_nothing_is_over_and_an_act_renews_it() -> None:
    now = 0.0
    activity = Activity(timedelta(minutes=30), clock=lambda: now)
    activity.see("one")
    now = 29 * 60
    assert activity.left("one") == timedelta(minutes=1)
    activity.see("one")
    now = 58 * 60
    assert activity.left("one") == timedelta(minutes=1)
    now = 60 * 60
    assert activity.left("one") == timedelta(0)
    assert activity.left("never seen") == timedelta(0)


def test_an_idle_cookie_is_no_sign_in_although_its_lifetime_is_not_over(
    built_warehouse: Path, an_advisor: Person
) -> None:
    settings = partial(
        Settings, scoring_api_key="key", dashboard_secret=DASHBOARD_SECRET
    )
    services = open_services(settings())
    try:
        gate = services.door.gate
        sign_in_id = gate.sign_in(an_advisor.login, an_advisor.password, "127.0.0.1")
        assert sign_in_id is not None
        value = services.door.cookie_for(sign_in_id)
        assert services.door.sign_in_of(value) is not None
        at_once = open_door(
            settings(dashboard_idle_minutes=1e-9),
            services.warehouse,
            services.door.writing,
        )
        assert at_once.sign_in_of(value) is None
        outlived = open_door(
            settings(dashboard_sign_in_hours=1e-9),
            services.warehouse,
            services.door.writing,
        )
        assert outlived.gate.sign_in_that_holds(sign_in_id.sign_in_id) is None
    finally:
        services.close()


def test_without_a_sign_in_hook_the_bokeh_command_shows_no_client(
    root: Path, built_warehouse: Path, tmp_path: Path
) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}/bokeh_app"
    command = bokeh_serve(port)
    with (
        server(command, url, tmp_path / "bokeh.log", **KEY, **SECRET),
        visitor(url) as client,
    ):
        page = client.get("/bokeh_app?client=100002&lang=en").text
    assert "started without sign-in" in page
    assert "client-number" not in page
    assert "Bokeh.embed" not in page


def test_with_the_hook_the_bokeh_command_asks_who_is_there(
    root: Path, built_warehouse: Path, tmp_path: Path, an_advisor: Person
) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}/bokeh_app"
    command = [*bokeh_serve(port), "--auth-module", "bokeh_app/auth.py"]
    with (
        server(command, url, tmp_path / "bokeh.log", **KEY, **SECRET),
        visitor(url) as client,
    ):
        assert client.get("/bokeh_app").url.path == "/login"
        assert client.post("/login", data={"login": "a"}).status_code == 403
        page = sign_in(client, an_advisor.login, an_advisor.password).text
        assert "client-number" in page
        payload = get_token_payload(session_token(page))
        assert client.cookies[COOKIE] not in str(payload)


def bokeh_serve(port: int) -> list[str]:
    bokeh = str(Path(sys.executable).with_name("bokeh"))
    return [bokeh, "serve", "bokeh_app", "--port", str(port)]


def test_passwords_do_not_travel_in_plain_text_to_other_machines() -> None:
    options = ["--port", str(free_port()), "--address", "0.0.0.0"]
    finished = run_module("bokeh_app", *options, **KEY)
    assert finished.returncode == 1
    assert finished.stderr.count("\n") == 1
    assert "--ssl-certfile" in finished.stderr


def test_a_missing_certificate_gives_one_clear_line(tmp_path: Path) -> None:
    options = ["--ssl-certfile", str(tmp_path / "no.pem"), "--ssl-keyfile", "no.key"]
    finished = run_module("bokeh_app", "--port", str(free_port()), *options, **KEY)
    assert finished.returncode == 1
    assert finished.stderr.count("\n") == 1
    assert "no.pem does not exist" in finished.stderr


def test_over_tls_the_page_and_its_cookie_are_secure(
    root: Path, built_warehouse: Path, tmp_path: Path, an_advisor: Person
) -> None:
    port = free_port()
    certificate, key = certify(tmp_path)
    files = ["--ssl-certfile", str(certificate), "--ssl-keyfile", str(key)]
    command = [sys.executable, "-m", "bokeh_app", "--port", str(port), *files]
    url = f"https://127.0.0.1:{port}/bokeh_app"
    trusted = ssl.create_default_context(cafile=certificate)
    environment = {**os.environ, **KEY, **SECRET}

    def answers() -> bool:
        try:
            return httpx.get(url, verify=trusted).status_code == 302
        except httpx.ConnectError:
            return process.poll() is not None

    with (tmp_path / "tls.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=root, env=environment, stdout=log, stderr=log
        )
    try:
        wait_until(answers, "the dashboard over TLS")
        with httpx.Client(verify=trusted, follow_redirects=True) as client:
            client.base_url = url.removesuffix("/bokeh_app")
            page = sign_in(client, an_advisor.login, an_advisor.password).text
            assert "client-number" in page
            assert all(cookie.secure for cookie in client.cookies.jar)
    finally:
        process.terminate()
        process.wait(timeout=30)


def certify(folder: Path) -> tuple[Path, Path]:
    """Write a certificate for 127.0.0.1, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    files = folder / "desk.pem", folder / "desk.key"
    files[0].write_bytes(certificate.public_bytes(pem))
    files[1].write_bytes(
        key.private_bytes(
            pem,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


def test_a_new_password_is_long_enough_and_asked_twice(built_warehouse: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "bokeh_app",
        "users",
        "add",
        f"typed.{uuid4().hex}",
    ]
    typed = partial(
        subprocess.run,
        [*command, "--name", "Tia"],
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,  # without a terminal it is read from here
    )
    short = typed(input="short\nshort\n")
    assert short.returncode == 1
    assert "12 to 256 characters" in short.stderr
    good = typed(input="long enough to be one\nlong enough to be one\n")
    assert good.returncode == 0
    assert "long enough" not in good.stdout + good.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["disable", "not.there"], "no user not.there"),
        (["add", "Not A Login", "--name", "x", "--generate"], "is no login"),
        (["add", "no.name", "--name", "", "--generate"], "1 to 100 characters"),
        (["add", "alice", "--name", "A", "--generate"], "a user alice already"),
    ],
    ids=["unknown", "malformed", "nameless", "twice"],
)
def test_a_user_that_cannot_be_kept_is_told_in_one_line(
    an_advisor: Person, arguments: list[str], told: str
) -> None:
    finished = run_module("bokeh_app", "users", *arguments)
    assert finished.returncode == 1
    assert finished.stdout == ""
    assert finished.stderr.count("\n") == 1
    assert told in finished.stderr
