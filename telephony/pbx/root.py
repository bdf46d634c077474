"""A Debian root that holds a current Asterisk, made once and kept in the user's cache.

The stable Debian releases carry no Asterisk; `forky` does, for a newer libc than most hosts have.
So it lives in a root of its own and is started by `chroot`. Needs Debian (or a derivative with
debootstrap) and root's rights.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

RELEASE = "forky"
PACKAGES = "asterisk,asterisk-modules,ca-certificates"
# Older debootstraps do not know the name forky; the script for sid does the same work.
SCRIPT = Path("/usr/share/debootstrap/scripts/sid")
TOOLS = {"debootstrap": "debootstrap", "sipp": "sip-tester"}  # command -> Debian package

Progress = Callable[[str], None]


class RootError(Exception):
    """The root cannot be made; the message says why and what to do."""


def cache_directory() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "callcenter"


def root_directory() -> Path:
    return cache_directory() / f"asterisk-{RELEASE}"


def ensure_root(progress: Progress = print) -> Path:
    """The root's path; makes it first (a minute, 500 MB) when it is not there yet.

    Safe to call twice at once, and after an interruption: a half-made root is never used.
    """
    if os.geteuid() != 0:
        raise RootError("a real Asterisk runs in a root of its own: this needs root's rights")
    root = root_directory()
    with _locked(root.parent) as lock:
        _discard_half_made(root)
        if not _is_whole(root):
            ensure_tools(progress)
            _bootstrap(root, lock, progress)
        # Asterisk looks up the host's name and a root server's to learn its own address. A real
        # DNS would only slow each call down: in here both are the loopback.
        names = f"localhost {socket.gethostname()} A.ROOT-SERVERS.NET"
        (root / "etc/hosts").write_text(f"127.0.0.1 {names}\n")
    return root


def ensure_tools(progress: Progress = print) -> None:
    """debootstrap and sipp, installed by apt when they are missing."""
    apt_install(
        [package for command, package in TOOLS.items() if not shutil.which(command)], progress
    )


def apt_install(packages: list[str], progress: Progress = print) -> None:
    """Installs Debian packages; nothing to do for none. Raises `RootError`."""
    if not packages:
        return
    if not shutil.which("apt-get") or os.geteuid() != 0:
        raise RootError(f"missing: {', '.join(packages)}; install them, or run as root on Debian")
    progress(f"Installing {', '.join(packages)} …")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
    ):
        done = subprocess.run(  # noqa: S603 (a fixed command)
            command, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise RootError(f"`{' '.join(command)}` failed: {_last_line(done.stderr)}")


def debian_mirror(apt: Path = Path("/etc/apt")) -> str:
    """The mirror of Debian itself that apt uses: the first URI whose path ends in ``/debian``."""
    for uri in _uris(apt):
        if uri.rstrip("/").endswith("/debian") and uri.startswith(("http://", "https://")):
            return uri.rstrip("/")
    raise RootError(f"no Debian mirror (a URI that ends in /debian) in {apt}/sources.list*")


def _uris(apt: Path) -> Iterator[str]:
    for path in (apt / "sources.list", *sorted((apt / "sources.list.d").glob("*.list"))):
        if path.is_file():
            for line in path.read_text().splitlines():
                if match := re.match(r"\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)", line):
                    yield match[1]
    for path in sorted((apt / "sources.list.d").glob("*.sources")):
        for stanza in re.split(r"\n\s*\n", path.read_text()):
            yield from _stanza_uris(stanza)


def _stanza_uris(stanza: str) -> list[str]:
    """URIs of one deb822 stanza; a value goes on in lines that begin with a blank."""
    uris: list[str] = []
    field = ""
    for line in stanza.splitlines():
        if line.startswith("#"):
            continue
        value = line
        if not line[:1].isspace():
            field, _, value = line.partition(":")
        name = field.strip().lower()
        if name == "uris":
            uris += value.split()
        elif name == "enabled" and value.strip().lower() == "no":
            return []
    return uris


def _bootstrap(root: Path, lock: int, progress: Progress) -> None:
    mirror = debian_mirror()
    half = root.with_name(f"{root.name}.half")
    progress(f"Making a root with Asterisk from {mirror} (about a minute, 500 MB) …")
    command = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", RELEASE]
    process = subprocess.Popen(  # noqa: S603 (a fixed command)
        [*command, str(half), mirror, str(SCRIPT)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        pass_fds=[lock],  # if we are killed, nobody begins anew before it has ended too
    )
    last = ""
    assert process.stdout is not None
    for line in process.stdout:
        last = line.strip() or last
        if line.startswith("I: "):
            progress("  " + last[3:])
    if process.wait() != 0:
        raise RootError(f"debootstrap failed: {last}")
    for archive in (half / "var/cache/apt/archives").glob("*.deb"):
        archive.unlink()
    half.rename(root)
    progress(f"Asterisk is ready in {root}")


def _is_whole(root: Path) -> bool:
    return (root / "usr/sbin/asterisk").exists()


def _discard_half_made(root: Path) -> None:
    half = root.with_name(f"{root.name}.half")
    if not half.exists():
        return
    # debootstrap mounts /proc inside while it works; never delete through a mount.
    mounts = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
    for mount in sorted((m for m in mounts if m.startswith(f"{half}/")), reverse=True):
        subprocess.run(["umount", mount], check=True)  # noqa: S603, S607 (a fixed command)
    shutil.rmtree(half)


@contextmanager
def _locked(directory: Path) -> Iterator[int]:
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "asterisk.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock.fileno()


def _last_line(text: str) -> str:
    return text.strip().splitlines()[-1] if text.strip() else "no message"
