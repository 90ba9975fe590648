"""A disk of its own for a test: small, or read-only, and gone with the process that stands on it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from faultkit import PROJECT, Place, sound

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Who is not root is root in a user namespace of its own, where the system lets it.
_APART: Final = ("unshare", "--mount") if os.geteuid() == 0 else ("unshare", "--mount", "--user", "--map-root-user")
_MOUNTED: Final = (
    'mount -t tmpfs -o "size=$1k" tmpfs "$2" && cd "$2" && exec "$3" -c "import faultdisk; faultdisk.stand()"'
)


def lacking() -> str:
    """Why no disk can be mounted here; empty where one can."""
    if not all(map(shutil.which, ("unshare", "mount"))):
        return "unshare and mount are not installed"
    words = [*_APART, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return done.stderr.strip() if done.returncode else ""


@dataclass(frozen=True, slots=True)
class Said:
    """How a command of the line ended, said with --json: its answer, or its error."""

    code: int
    out: Any
    error: Any

    @property
    def kind(self) -> str:
        """The exit code, and the code of the error where there is one."""
        return str(self.code) if self.error is None else f"{self.code} {self.error['code']}"


class Disk:
    """A tmpfs of so many KiB on `folder`, which only what is run through here sees."""

    def __init__(self, folder: Path, kib: int, settings: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.settings = settings
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TILLIT", "XDG"))}
        paths = os.pathsep.join((str(PROJECT), str(Path(__file__).parent)))
        self._standing = subprocess.Popen(
            [*_APART, "sh", "-c", _MOUNTED, "sh", str(kib), str(folder), sys.executable],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**kept, "PYTHONPATH": paths, "XDG_CONFIG_HOME": str(settings), "TILLIT_ME": "eva"},
        )

    def close(self) -> None:
        self._standing.communicate()

    def run(self, *words: str, given: str = "", **environment: str) -> tuple[int, str, str]:
        """The exit code of a program that is started there, and what it said to stdout and stderr."""
        assert self._standing.stdin is not None
        assert self._standing.stdout is not None
        told = {"words": words, "given": given, "environment": environment}
        self._standing.stdin.write(f"{json.dumps(told)}\n")
        self._standing.stdin.flush()
        code, out, error = json.loads(self._standing.stdout.readline())
        return code, out, error

    def tillit(self, line: str, given: str = "", **environment: str) -> Said:
        """The command line there. With an error there is no answer."""
        code, out, error = self.run("tillit", *line.split(), "--json", given=given, **environment)
        if out:
            return Said(code, json.loads(out), None)
        return Said(code, None, json.loads(error)["error"])

    def done(self, line: str, given: str = "") -> Any:  # noqa: ANN401 - each command has its own answer
        """The answer of a command that must end well."""
        said = self.tillit(line, given)
        assert said.code == 0, said
        return said.out

    def shell(self, script: str) -> str:
        code, out, error = self.run("sh", "-c", script)
        assert code == 0, error
        return out

    def filled(self, kib: int) -> None:
        """Somebody else's file takes all the room but so much; what was there of it before goes first."""
        room = "$(df --output=avail -k . | tail -1)"
        self.shell(f"rm -f others; head -c $(({room} - {kib}))K /dev/zero > others")

    def emptied(self) -> None:
        self.shell("rm others")

    def read_only(self, *, so: bool) -> None:
        self.shell(f"mount -o remount,{'ro' if so else 'rw'} {self.folder}")

    def files(self) -> set[str]:
        """The names of all that lies there."""
        return set(self.shell("find . -type f -printf '%P\\n'").split())

    def sound(self, file: str, acknowledged: Iterable[str]) -> None:
        """As `faultkit.sound`, there."""
        code, _out, error = self.run("sound", file, str(self.settings), *acknowledged)
        assert code == 0, error


def stand() -> None:
    """Stands on the disk and runs what it is told, each in a process of its own, forked with all of us loaded."""
    for name in ("cli.main", "ledger.opening"):
        import_module(name)
    for line in sys.stdin:
        told = json.loads(line)
        given, out, error = (os.memfd_create(name) for name in ("given", "out", "error"))
        os.write(given, told["given"].encode())
        os.lseek(given, 0, os.SEEK_SET)
        child = os.fork()
        if not child:
            for stream, file in enumerate((given, out, error)):
                os.dup2(file, stream)
            os.environ |= told["environment"]
            os._exit(_run(told["words"]))
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        said = [_all_of(file) for file in (out, error)]
        os.close(given)
        sys.stdout.write(f"{json.dumps([code, *said])}\n")
        sys.stdout.flush()


def _run(words: Sequence[str]) -> int:
    match words:
        case ["tillit", *line]:
            from cli.errors import run
            from cli.main import root

            # The parent's streams hold what was read ahead for it.
            sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115
            return run(root, line)
        case ["sound", file, settings, *acknowledged]:
            from traceback import print_exc

            try:
                sound(Place(str(Path(file).absolute()), Path(settings)), acknowledged)
            except BaseException:  # noqa: BLE001 - what is wrong is told to whoever asked
                print_exc(file=open(2, "w"))  # noqa: SIM115
                return 1
            return 0
        case _:
            return subprocess.run(words, check=False).returncode


def _all_of(file: int) -> str:
    size = os.lseek(file, 0, os.SEEK_END)
    text = os.pread(file, size, 0).decode()
    os.close(file)
    return text
