"""The root with a real Asterisk, made before the tests run so that none of them waits for it."""

from __future__ import annotations

import sys

from telephony.pbx.root import RootError, ensure_root, ensure_tools


def _say(line: str) -> None:
    print(line, flush=True)


def install() -> None:
    """Idempotent, and quick when all is there."""
    try:
        ensure_tools(_say)
        ensure_root(_say)
    except RootError as error:
        sys.exit(str(error))
