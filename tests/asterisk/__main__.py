"""`python -m tests.asterisk install`."""

from __future__ import annotations

import sys

from tests.asterisk.install import install

if sys.argv[1:] != ["install"]:
    sys.exit("usage: python -m tests.asterisk install")
install()
