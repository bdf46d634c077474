"""A picture is what its bytes say."""

from __future__ import annotations

import pytest

from callcenter.domain.pictures import media_type


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- made by hand -->\n<svg/>', "image/svg+xml"),
        (b"RIFF\x10\0\0\0WAVEfmt ", ""),
        (b"<html></html>", ""),
        (b"look: <svg>", ""),
        (b"GIF89a", ""),
        (b"", ""),
    ],
)
def test_media_type(data: bytes, kind: str) -> None:
    assert media_type(data) == kind
