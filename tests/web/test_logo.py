"""The company on the sign-in page: its name, its colours, its logo."""

from __future__ import annotations

from pathlib import Path

from callcenter.services.company import company, read_logo
from tests.web.house import House

EVIL = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


async def test_everybody_sees_the_company_and_its_logo(stopped: House, tmp_path: Path) -> None:
    file = tmp_path / "logo.svg"
    file.write_bytes(EVIL)
    logo = read_logo(str(file))
    stopped.replace(company=company("光学", "#1768C2", logo), logo=logo)
    await stopped.start()
    visitor = stopped.visitor()
    async with visitor.get("/api/v1/session") as answer:
        told = (await answer.json())["company"]
    assert (told["name"], told["accent"], told["accent_text"]) == ("光学", "#1768c2", "#ffffff")
    assert told["accent_dark"].startswith("#")
    async with visitor.get(told["logo_url"]) as answer:
        assert await answer.read() == EVIL
        headers = answer.headers
    assert headers["Content-Type"] == "image/svg+xml"
    assert headers["X-Content-Type-Options"] == "nosniff"
    policy = headers.getall("Content-Security-Policy")
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'; sandbox"]  # no script runs


async def test_another_picture_has_another_address(tmp_path: Path) -> None:
    first, second = tmp_path / "a.svg", tmp_path / "b.svg"
    first.write_bytes(EVIL)
    second.write_bytes(EVIL + b"\n")
    addresses = {company("", "", read_logo(str(file))).logo_url for file in (first, second)}
    assert len(addresses) == 2


async def test_without_a_logo_there_is_none(house: House) -> None:
    async with house.visitor().get("/company/logo") as answer:
        assert answer.status == 404
