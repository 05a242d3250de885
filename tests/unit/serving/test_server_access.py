"""Who may ask the feature server, and what it does not take."""

import asyncio
import base64

import pytest
from feature_server import TOKEN, Client, serve

from serving.server.settings import Settings, SettingsError, token_from

AA = {"carrier_code": "AA"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("server")


@pytest.fixture(scope="module")
def closed(folder):
    """A server that asks for a token."""
    with Client(serve(folder, token=TOKEN)) as client:
        yield client


@pytest.fixture(scope="module")
def open_(folder):
    """A server on loopback that asks for none."""
    with Client(serve(folder, max_body_bytes=1000, body_seconds=0.2)) as client:
        yield client


@pytest.mark.parametrize(
    "path", ["/", "/docs", "/openapi.json", "/metrics", "/readyz", "/v1/views", "/nothing"]
)
def test_nothing_but_the_health_is_seen_without_the_token(closed, path):
    response = closed.get(path)
    assert (response.status_code, response.json()["error"]["code"]) == (401, "unauthorized")
    assert 'Basic realm="azekura"' in response.headers["www-authenticate"]
    assert closed.get(path, headers={"Authorization": f"Bearer {TOKEN}"}).status_code != 401
    assert closed.get("/healthz").json() == {"status": "ok"}


@pytest.mark.parametrize(
    "shown",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        TOKEN,
        f"Token {TOKEN}",
        "Basic " + base64.b64encode(f"me:{TOKEN}".encode()).decode(),  # not for POST
    ],
)
def test_a_read_needs_the_very_token(closed, shown):
    headers = {} if shown is None else {"Authorization": shown}
    response = closed.post("/v1/views/feat_carrier:read", {"entities": [AA]}, headers=headers)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert TOKEN not in response.text


def test_the_token_opens_reads(closed):
    for scheme in ("Bearer", "bearer"):
        response = closed.post(
            "/v1/views/feat_carrier:read",
            {"entities": [AA]},
            headers={"Authorization": f"{scheme} {TOKEN}"},
        )
        assert response.status_code == 200


def test_a_browser_may_show_the_token_as_a_password_to_look_at_pages(closed):
    credentials = base64.b64encode(f"me:{TOKEN}".encode()).decode()
    assert closed.get("/docs", headers={"Authorization": f"Basic {credentials}"}).status_code == 200
    assert closed.get("/docs", headers={"Authorization": "Basic %%%"}).status_code == 401


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8484", "127.0.0.1.evil.example", ""]
)
def test_a_page_of_another_site_cannot_reach_a_server_on_loopback(open_, host):
    response = open_.get("/v1/views", headers={"Host": host})
    assert (response.status_code, response.json()["error"]["code"]) == (421, "unknown_host")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:9", "LOCALHOST:9", "[::1]:9", "[::1]"])
def test_a_server_on_loopback_is_called_by_its_names(open_, host):
    assert open_.get("/v1/views", headers={"Host": host}).status_code == 200


def test_a_proxy_may_call_a_server_by_a_name_that_is_allowed(folder):
    server = serve(folder, token=TOKEN, allowed_hosts=frozenset({"features.example"}))
    with Client(server, TOKEN) as client:
        assert client.get("/v1/views", headers={"Host": "features.example"}).status_code == 200
        assert client.get("/v1/views", headers={"Host": "other.example"}).status_code == 421


def test_what_a_form_of_another_site_can_send_is_not_taken(open_):
    for media_type in ("text/plain", "application/x-www-form-urlencoded", ""):
        response = open_.post(
            "/v1/views/feat_carrier:read",
            content=b'{"entities": [{"carrier_code": "AA"}]}',
            headers={"Content-Type": media_type},
        )
        assert (response.status_code, response.json()["error"]["code"]) == (415, "not_json")
    with_charset = {"Content-Type": "application/json; charset=utf-8"}
    response = open_.post("/v1/views/feat_carrier:read", {"entities": [AA]}, headers=with_charset)
    assert response.status_code == 200


def test_a_request_has_a_size_that_is_stated_or_counted(open_):
    headers = {"Content-Type": "application/json"}
    path = "/v1/views/feat_carrier:read"

    async def in_parts():
        for _ in range(3):
            yield b" " * 500

    stated = open_.post(path, content=b" " * 1001, headers=headers)
    counted = open_.post(path, content=in_parts(), headers=headers)
    for response in (stated, counted):
        assert (response.status_code, response.json()["error"]["code"]) == (413, "too_large")
        assert response.headers["connection"] == "close"


def test_a_request_that_never_ends_is_given_up(open_):
    async def never_ending():
        sent = []

        async def receive():
            await asyncio.sleep(60)

        scope = {
            "type": "http",
            "method": "POST",
            "path": "/v1/views/feat_carrier:read",
            "headers": [(b"host", b"localhost"), (b"content-type", b"application/json")],
        }
        await open_.server(scope, receive, lambda message: _append(sent, message))
        return sent

    [head, _] = open_.run(never_ending())
    assert head["status"] == 408


async def _append(messages: list, message: dict) -> None:
    messages.append(message)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "features.example"])
def test_a_server_that_others_can_reach_does_not_start_without_a_token(tmp_path, host):
    with pytest.raises(SettingsError, match="set AZEKURA_SERVING_TOKEN"):
        Settings(manifest=tmp_path, store="sqlite:///x", host=host)
    assert Settings(manifest=tmp_path, store="sqlite:///x", host=host, token=TOKEN)


@pytest.mark.parametrize(
    "settings", [{"allow_push": True}, {"allowed_hosts": frozenset({"features.example"})}]
)
def test_nor_does_one_that_can_be_written_to_or_has_another_name(tmp_path, settings):
    with pytest.raises(SettingsError, match="set AZEKURA_SERVING_TOKEN"):
        Settings(manifest=tmp_path, store="sqlite:///x", **settings)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.9", "::1", "localhost"])
def test_a_server_on_loopback_needs_no_token(tmp_path, host):
    assert Settings(manifest=tmp_path, store="sqlite:///x", host=host).is_loopback


@pytest.mark.parametrize(
    "token", ["", "short", " " * 20, "with a space in it 1", "ümlautümlautümlaut"]
)
def test_a_token_that_protects_nothing_or_fits_no_header_is_refused(token):
    with pytest.raises(SettingsError, match="AZEKURA_SERVING_TOKEN"):
        token_from({"AZEKURA_SERVING_TOKEN": token})
    assert token_from({}) is None
