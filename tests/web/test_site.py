"""What is not the API: health, metrics, and the built UI."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from callcenter.services.views import SwitchTrouble, SwitchView
from telephony.problems import Problem
from tests.web.house import PASSWORD, House


@pytest.fixture
def dist(stopped: House) -> Path:
    """A built UI, as Vite leaves it, with compressed copies."""
    root = stopped.context.settings.ui
    (root / "assets").mkdir(parents=True)
    (root / "index.html").write_text("<!doctype html>page")
    (root / "favicon.svg").write_text("<svg/>")
    (root / "assets/main-4f2a.js").write_text("console.log(1)")
    (root / "assets/main-4f2a.js.gz").write_bytes(gzip.compress(b"console.log(1)"))
    (root / "assets/main-4f2a.js.br").write_bytes(b"brotli")
    (root.parent / "secret.txt").write_text("secret")
    return root


@pytest.mark.parametrize(
    ("path", "cache", "body"),
    [
        ("/", "no-cache", "page"),
        ("/index.html", "no-cache", "page"),
        ("/calls/42", "no-cache", "page"),  # an address of the UI's own
        ("/favicon.svg", "no-cache", "<svg/>"),
        ("/assets/main-4f2a.js", "public, max-age=31536000, immutable", "console.log(1)"),
        ("/assets/main-old.js", None, "not_found"),
        ("/..%2fsecret.txt", "no-cache", "page"),
        ("/%00", "no-cache", "page"),
    ],
)
async def test_the_built_ui(
    stopped: House, dist: Path, path: str, cache: str | None, body: str
) -> None:
    await stopped.start()
    async with stopped.visitor().get(path, headers={"Accept-Encoding": "identity"}) as answer:
        assert answer.status == (200 if cache else 404)
        assert answer.headers.get("Cache-Control") == cache
        assert body in await answer.text()


@pytest.mark.parametrize(
    ("accepted", "encoding"), [("gzip, deflate", "gzip"), ("gzip, br", "br"), ("", None)]
)
async def test_compressed_copies_are_used(
    stopped: House, dist: Path, accepted: str, encoding: str | None
) -> None:
    await stopped.start()
    session = stopped.visitor()
    session._auto_decompress = False  # what is on the wire
    headers = {"Accept-Encoding": accepted}
    async with session.get("/assets/main-4f2a.js", headers=headers) as answer:
        assert answer.headers.get("Content-Encoding") == encoding
        assert "javascript" in answer.headers["Content-Type"]


async def test_a_ui_that_is_not_built_says_so(house: House) -> None:
    async with house.visitor().get("/") as answer:
        assert answer.status == 503
        page = await answer.text()
    assert "make run" in page
    assert "界面尚未构建" in page


async def test_healthy(house: House) -> None:
    async with house.visitor().get("/healthz") as answer:
        assert answer.status == 200
        assert await answer.json() == {"status": "ok", "switch": "ok", "database": "ok"}


WHY = Problem("refused", {"at": "10.0.0.9:5038"})
LOST = SwitchView(False, False, (SwitchTrouble("", WHY),))


@pytest.mark.parametrize(
    ("headers", "signed_in", "switch"),
    [
        ({}, False, f"not connected: {LOST.reason}"),  # from this machine
        ({"X-Forwarded-For": "203.0.113.9"}, False, "not connected"),
        ({"forwarded": "for=203.0.113.9"}, False, "not connected"),
        ({"X-Forwarded-For": "203.0.113.9"}, True, f"not connected: {LOST.reason}"),
    ],
)
async def test_unwell_says_which_and_to_our_own_people_why(
    house: House, headers: dict[str, str], signed_in: bool, switch: str
) -> None:
    browser = await house.sign_in() if signed_in else house.visitor()
    house.live.switch = LOST
    async with browser.get("/healthz", headers=headers) as answer:
        assert answer.status == 503
        assert await answer.json() == {"status": "unwell", "switch": switch, "database": "ok"}


class LostDatabase:
    async def ping(self) -> None:
        raise ConnectionRefusedError("postgresql://user:secret@db")


async def test_a_lost_database_keeps_its_address_to_itself(stopped: House) -> None:
    stopped.replace(database=LostDatabase())
    await stopped.start()
    async with stopped.visitor().get("/healthz") as answer:
        assert answer.status == 503
        assert (await answer.json())["database"] == "not reachable"


async def test_metrics(house: House) -> None:
    browser = await house.sign_in()
    async with house.screen(browser) as screen:
        await screen.hello()
        async with browser.get("/api/v1/calls/nothing"), browser.get("/metrics") as answer:
            assert answer.headers["Content-Type"].startswith("text/plain")
            text = await answer.text()
    assert "callcenter_gateway_screens 1.0" in text
    labels = 'method="GET",route="/api/v1/calls/{id}",status="404"'
    assert f"callcenter_http_request_seconds_count{{{labels}}} 1.0" in text
    assert "process_resident_memory_bytes" in text


async def test_the_log_tells_requests_but_no_secrets(house: House) -> None:
    with capture_logs() as lines:
        browser = await house.sign_in()
        async with browser.get("/api/v1/customers?q=13800138000"):
            pass
        token = house.cookie(browser).partition("=")[2]
    told = [line for line in lines if line["event"] == "request"]
    assert [(line["path"], line["status"], line["user"]) for line in told] == [
        ("/api/v1/session", 200, None),
        ("/api/v1/customers", 200, "agent"),
    ]
    for secret in (PASSWORD, token, "13800138000"):
        assert secret not in str(lines)
