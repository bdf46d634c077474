"""A phone's password: stable, different for each phone, safe to write into a .conf file."""

from __future__ import annotations

import re

from telephony.pbx.secrets import sip_secret


def test_the_same_master_and_extension_give_the_same_password() -> None:
    # Pinned: another value here would lock out every phone that is configured already.
    assert sip_secret(b"master", "1001") == "OPb3EYAS7WH1N4_kk1jIva1_"


def test_each_extension_and_each_master_has_its_own() -> None:
    secrets = {sip_secret(m, e) for m in (b"a", b"b") for e in ("1001", "1002", "10010")}
    assert len(secrets) == 6


def test_nothing_in_it_needs_escaping() -> None:
    for extension in range(1000, 1200):
        assert re.fullmatch(r"[A-Za-z0-9_-]{24}", sip_secret(b"\x00\xff", str(extension)))
