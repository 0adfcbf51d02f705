"""Runs a command where it can reach nobody, and tells what it tried and which files it left.

A network namespace holds nothing but the loopback interface: whatever is sent elsewhere has no
route, and the kernel counts it (RFC 4293, ipIfStatsOutNoRoutes), be it sent by Python or by a
library. Folders are overlaid in a mount namespace: what the command writes anywhere comes to lie
in a folder of its own. Needs root on Linux, no tools.
"""

import ctypes
import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

CLONE_NEWNS, CLONE_NEWNET = 0x00020000, 0x40000000
MS_REC, MS_PRIVATE = 0x4000, 0x40000
SIOCSIFFLAGS, IFF_UP = 0x8914, 0x1
NOT_OVERLAID = frozenset({"proc", "sys", "dev", "run", "boot", "lost+found"})
LAYERS = Path("/dev/shm/canter-layers")
"""Where a tmpfs of the namespace's own is mounted."""


@dataclass(frozen=True)
class Found:
    """What a command did.

    Attributes:
        code: its exit code.
        said: its output, both streams.
        unreachable: packets and connections that had no route, so went to other machines.
        unheard: datagrams to this machine that nobody listened for, as a local name server's.
        files: files that it wrote or changed, anywhere.
    """

    code: int
    said: str
    unreachable: int
    unheard: int
    files: tuple[str, ...]


def allowed() -> bool:
    """Tell whether this process may make such namespaces."""
    probe = [sys.executable, str(Path(__file__).resolve()), "{}", "true"]
    return sys.platform == "linux" and _works(probe)


def _works(command: Sequence[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def isolated(command: Sequence[str], environ: Mapping[str, str], folder: Path) -> Found:
    """Run a command in a folder, cut off from everybody."""
    told = folder / "told"
    run = [sys.executable, str(Path(__file__).resolve()), json.dumps(dict(environ)), *command]
    with told.open("wb") as file:
        ran = subprocess.run(
            run, cwd=folder, stdout=subprocess.PIPE, stderr=file, text=True, check=False
        )
    said = told.read_text(encoding="utf-8", errors="replace")
    assert ran.stdout, said
    return Found(said=said, **json.loads(ran.stdout.splitlines()[-1]))


def main(environ: dict[str, str], command: Sequence[str]) -> None:
    """Enter the namespaces, run the command and print what was found."""
    libc = ctypes.CDLL(None, use_errno=True)
    _check(libc.unshare(CLONE_NEWNS | CLONE_NEWNET))
    _loopback_up()
    here = Path.cwd()
    layers = _overlay(libc)
    before = counters()
    os.chdir(here)  # what lies there now is the overlay's
    ran = subprocess.run(
        command, env=os.environ | environ, stdout=sys.stderr, stdin=subprocess.DEVNULL, check=False
    )
    after = counters()
    found = {
        "code": ran.returncode,
        "unreachable": after[0] - before[0],
        "unheard": after[1] - before[1],
        "files": sorted(
            f"/{name}/{path.relative_to(layer)}"
            for name, layer in layers.items()
            for path in layer.rglob("*")
            if path.is_file()
        ),
    }
    print(json.dumps(found), flush=True)


def counters() -> tuple[int, int]:
    """Return how much was sent without a route, and how much to ports nobody listened at."""
    rows = Path("/proc/net/snmp").read_text(encoding="ascii").splitlines()
    old: dict[str, int] = {}
    for names, values in zip(rows[::2], rows[1::2], strict=True):
        kind, *keys = names.split()
        old |= {f"{kind}{k}": int(v) for k, v in zip(keys, values.split()[1:], strict=True)}
    lines = Path("/proc/net/snmp6").read_text(encoding="ascii").splitlines()
    new = {name: int(value) for name, value in map(str.split, lines)}
    return old["Ip:OutNoRoutes"] + new["Ip6OutNoRoutes"], old["Udp:NoPorts"] + new["Udp6NoPorts"]


def _overlay(libc: ctypes.CDLL) -> dict[str, Path]:
    """Overlay every folder of the root; return where what is written in each comes to lie."""
    _check(libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None))
    LAYERS.mkdir(exist_ok=True)
    _check(libc.mount(b"tmpfs", bytes(LAYERS), b"tmpfs", 0, None))
    layers = {}
    for folder in Path("/").iterdir():
        if folder.is_symlink() or not folder.is_dir() or folder.name in NOT_OVERLAID:
            continue
        upper, work = LAYERS / folder.name / "upper", LAYERS / folder.name / "work"
        upper.mkdir(parents=True)
        work.mkdir()
        options = f"lowerdir={folder},upperdir={upper},workdir={work}".encode()
        _check(libc.mount(b"overlay", bytes(folder), b"overlay", 0, options))
        layers[folder.name] = upper
    return layers


def _loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", IFF_UP))


def _check(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), sys.argv[2:])
