"""Passwords of the phones, derived instead of stored."""

from __future__ import annotations

import base64
import hashlib
import hmac

SECRET_LENGTH = 24


def sip_secret(master: bytes, extension: str) -> str:
    """The SIP password of `extension`: the same wherever it is needed, so it is kept nowhere.

    HMAC-SHA256 over ``sip:<extension>`` in URL-safe base64, cut to 24 characters (144 bits).
    The alphabet holds nothing that a `.conf` file or a SIP header would need escaped.
    """
    digest = hmac.new(master, b"sip:" + extension.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode()[:SECRET_LENGTH]
