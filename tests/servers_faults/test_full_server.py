"""A server without room says so, keeps what was acknowledged and nothing half, and goes on when there is room."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest

from ledger import Ledger, command
from ledger.errors import Unavailable
from ledger.store.postgres import server as engine
from tests.faults.faultkit import Place, imported, keys_of, said_of, sound
from tests.servers import Server

MIB = 96


class SmallServer:
    """A server whose data lie on a small disk of their own."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._ballast = server.data / "ballast"

    def fill(self, left: int = 0) -> None:
        """Somebody else takes all the room but so many bytes."""
        room = os.statvfs(self.server.data)
        with self._ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, room.f_bavail * room.f_frsize - left)

    def make_room(self) -> None:
        self._ballast.unlink()


@pytest.fixture
def small(server: Server) -> Iterator[SmallServer]:
    lone = server.another()
    lone.data.mkdir(mode=0o700)
    words = ["mount", "-t", "tmpfs", "-o", f"size={MIB}m,mode=700", "tmpfs", str(lone.data)]
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount to make a small disk with")
    if done.returncode:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
    try:
        os.chown(lone.data, lone.folder.stat().st_uid, lone.folder.stat().st_gid)
        yield SmallServer(lone.create())
    finally:
        lone.stop(at_once=True)
        subprocess.run(["umount", str(lone.data)], check=True)
        lone.remove()


def test_a_server_without_room_says_so_and_goes_on_when_there_is_some(small: SmallServer, tmp_path: Path) -> None:
    place = Place(small.server.database(), tmp_path / "settings").found()
    keys = imported(place, "w", range(20))
    with place.open() as ledger:
        small.fill()
        told, error = _told_until_it_fails(ledger)
        assert error.code == "store.full"
        small.make_room()
        keys += told
        sound(place, keys)

        keys += imported(place, "v", range(20))
        small.fill()
        with pytest.raises(Unavailable) as caught:
            ledger.rebuild()
        assert caught.value.code == "store.full"
        small.make_room()
        assert ledger.catch_up() == ledger.head()
    sound(place, keys)


def test_a_server_that_falls_over_its_full_disk_keeps_what_was_acknowledged(small: SmallServer, tmp_path: Path) -> None:
    place = Place(small.server.database(), tmp_path / "settings").found()
    with place.open() as ledger, mock.patch.object(engine, "PATIENCE_SECONDS", 0.5):
        # Room for rows, and none for the next of the files to which it writes first what it is about to do.
        small.fill(left=1 << 20)
        small.server.ask("SELECT pg_switch_wal()")
        told, error = _told_until_it_fails(ledger)
        assert error.code in {"store.away", "store.lost", "store.in_doubt"}
        assert "PANIC" in (small.server.folder / "log").read_text()
        small.make_room()
        small.server.stop(at_once=True)
        (small.server.data / "postmaster.pid").unlink(missing_ok=True)
        small.server.start()
        for _key, fields in said_of("w", 0):
            ledger.tell(command(fields))
    sound(place, [*told, *keys_of("w", range(1))])


def _told_until_it_fails(ledger: Ledger) -> tuple[list[str], Unavailable]:
    """What was acknowledged before the server did not take any more, and how it said so."""
    told: list[str] = []
    for number in range(1000):
        for key, fields in said_of("f", number):
            try:
                ledger.tell(command(fields))
            except Unavailable as error:
                return told, error
            told.append(key)
    message = "the disk is not full"
    raise AssertionError(message)
