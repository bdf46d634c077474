"""Install what the full test run needs on Debian as root: `python -m tests.system`.

Idempotent and quick when all is there. Names only Debian packages; where they come from is the
machine's own apt configuration.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from telephony.pbx.root import RootError, apt_install
from tests.asterisk.install import install as install_asterisk

# package -> how to see that it is there
PACKAGES: dict[str, Callable[[], bool]] = {
    "chromium": lambda: shutil.which("chromium") is not None,
    "fonts-noto-cjk": lambda: bool(list(Path("/usr/share/fonts").rglob("NotoSansCJK*"))),
    "postgresql": lambda: any(Path("/usr/lib/postgresql").glob("*/bin/initdb")),
}


def main() -> None:
    try:
        apt_install([name for name, present in PACKAGES.items() if not present()])
    except RootError as error:
        sys.exit(f"{error}\n`make check` runs all tests that need neither Debian nor root.")
    install_asterisk()


if __name__ == "__main__":
    main()
