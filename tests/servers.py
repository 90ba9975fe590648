"""PostgreSQL servers for tests: started by their binaries, as an unprivileged user, on sockets in temporary folders."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from itertools import count
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Any, Final

import psycopg

if TYPE_CHECKING:
    from collections.abc import Sequence

OWNER: Final = "postgres"
"""The superuser of every server here."""
_PORT: Final = 5432
_HASTE: Final = ("-c", "fsync=off", "-c", "full_page_writes=off")


def binaries() -> Path | None:
    """The folder with `initdb` and `postgres` of the newest PostgreSQL on this machine."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("postgres")
    return Path(on_path).resolve().parent if on_path else None


class Server:
    """A server in a folder of its own. Unless `durable` it is fast, and a power cut would lose what it promised.

    With a `port` it is spoken to by TCP on this machine, else by a socket in its folder.
    """

    def __init__(self, bin_: Path, *options: str, durable: bool = False, port: int | None = None) -> None:
        self._bin = bin_
        listening = () if port is None else ("-c", f"port={port}", "-c", "listen_addresses=127.0.0.1")
        self._options = (*options, *(() if durable else _HASTE), *listening)
        self.port = port or _PORT
        self._tcp = port is not None
        self._user = _unprivileged()
        # A socket's path may have 107 bytes, so not in the tests' own deep folders.
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self._numbers = count(1)
        if self._user:
            os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
        self.folder.chmod(0o755)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def another(self, *options: str) -> Server:
        """One more of the same kind, which nobody has created yet."""
        return Server(self._bin, *options)

    def run(self, program: str, *words: str, check: bool = True) -> None:
        """One of PostgreSQL's own programs, as the server's user."""
        subprocess.run([self._bin / program, *words], check=check, capture_output=True, **self._as_user())

    def create(self) -> Server:
        self.run("initdb", "-D", str(self.data), "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        return self.start()

    def follow(self, primary: Server, name: str) -> Server:
        """A standby of another server, begun from a copy of it."""
        source = f"host={primary.folder} port={primary.port} user={OWNER} application_name={name}"
        self.run("pg_basebackup", "-D", str(self.data), "-d", source, "-R", "-X", "stream", "-c", "fast", "-N")
        return self.start()

    def start(self) -> Server:
        words = [self._bin / "postgres", "-D", self.data, "-k", self.folder, "-h", "", *self._options]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(words, stdout=log, stderr=log, **self._as_user())
        while True:
            try:
                psycopg.connect(self.conninfo()).close()
            except psycopg.OperationalError:
                if self._process.poll() is not None:
                    raise RuntimeError((self.folder / "log").read_text()) from None
                sleep(0.02)
            else:
                return self

    def kill(self) -> None:
        """As a power cut would: kill -9 of the postmaster and of everything that it started."""
        self.send(signal.SIGKILL)
        assert self._process is not None
        self._process.wait()
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def send(self, number: signal.Signals) -> None:
        """Sends a signal to the postmaster and to everything that it started."""
        assert self._process is not None
        if self._process.poll() is not None:
            return
        children = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self._process.pid)], check=True, capture_output=True, text=True
        ).stdout.split()
        for pid in (self._process.pid, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def stop(self, *, at_once: bool = False) -> None:
        """Whoever is connected is cut off. Orderly, or else `at_once`: what is missing is made good at the start."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT if at_once else signal.SIGINT)
            self._process.wait()

    def remove(self) -> None:
        if self._process is not None:
            self.send(signal.SIGCONT)
        self.stop(at_once=True)
        shutil.rmtree(self.folder)

    def promote(self) -> None:
        self.run("pg_ctl", "promote", "-w", "-D", str(self.data))

    def conninfo(self, database: str = OWNER) -> str:
        return f"host={self.folder} port={self.port} user={OWNER} dbname={database}"

    def ask(self, query: str, database: str = OWNER) -> list[tuple[object, ...]]:
        """The rows of a statement, run by the superuser."""
        with psycopg.connect(self.conninfo(database), autocommit=True) as connection:
            cursor = connection.execute(query.encode())
            return cursor.fetchall() if cursor.description else []

    def url(self, database: str, user: str = OWNER) -> str:
        host = "127.0.0.1" if self._tcp else self.folder
        return f"postgresql+psycopg://{user}@/{database}?host={host}&port={self.port}"

    def database(self) -> str:
        """The URL of a new, empty database."""
        name = f"ledger{os.getpid()}_{next(self._numbers)}"
        self.ask(f"CREATE DATABASE {name}")
        return self.url(name)

    def _as_user(self) -> dict[str, Any]:
        if self._user is None:
            return {}
        return {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": (), "cwd": self.folder}


def across(servers: Sequence[Server], database: str) -> str:
    """The URL of whichever of the servers takes writes."""
    hosts = "&".join(f"host={server.folder}:{server.port}" for server in servers)
    return f"postgresql+psycopg://{OWNER}@/{database}?{hosts}&target_session_attrs=read-write"


def _unprivileged() -> pwd.struct_passwd | None:
    """Whom to run a server as, which root may not; None: as ourselves."""
    if os.geteuid():
        return None
    for name in (OWNER, "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    message = "there is no unprivileged user to run a server as"
    raise RuntimeError(message)
