"""Where the root with Asterisk comes from: the Debian mirror that this machine's apt uses."""

from __future__ import annotations

from pathlib import Path

import pytest

from telephony.pbx.root import RootError, debian_mirror

DEB822 = """Types: deb
# http://snapshot.example/archive/debian/20250520T000000Z
URIs: http://mirror.example/debian-security
Suites: bookworm-security

Types: deb deb-src
URIs:
  https://first.example/debian/
  https://second.example/debian
Suites: bookworm
"""


@pytest.mark.parametrize(
    ("files", "mirror"),
    [
        (
            {"sources.list": "deb http://a.example/debian bookworm main\n"},
            "http://a.example/debian",
        ),
        (
            {
                "sources.list": "# deb http://no.example/debian x main\n"
                "deb [arch=amd64 signed-by=/k] https://b.example/debian/ bookworm main\n"
            },
            "https://b.example/debian",
        ),
        ({"sources.list.d/debian.sources": DEB822}, "https://first.example/debian"),
        (
            {
                "sources.list.d/cloud.list": "deb https://packages.example/apt cloud main\n",
                "sources.list.d/node.sources": "URIs: https://node.example/node_20.x\n",
                "sources.list.d/zz.list": "deb http://c.example/debian bookworm main\n",
            },
            "http://c.example/debian",
        ),
        (
            {
                "sources.list.d/a.sources": "URIs: http://off.example/debian\nEnabled: no\n",
                "sources.list.d/b.sources": "URIs: http://on.example/debian\n",
            },
            "http://on.example/debian",
        ),
    ],
)
def test_the_mirror_is_found(tmp_path: Path, files: dict[str, str], mirror: str) -> None:
    (tmp_path / "sources.list.d").mkdir()
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert debian_mirror(tmp_path) == mirror


def test_without_one_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "sources.list").write_text("deb http://x.example/ubuntu noble main\n")
    with pytest.raises(RootError, match="no Debian mirror"):
        debian_mirror(tmp_path)
