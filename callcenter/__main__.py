"""``callcenter …`` and ``python -m callcenter …``."""

from __future__ import annotations

from callcenter.cli import app


def main() -> None:
    app(prog_name="callcenter")


if __name__ == "__main__":
    main()
