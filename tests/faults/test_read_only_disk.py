"""A disk that takes no writing: each command says so in a sentence, alters nothing, and works once it does again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from faultdisk import Disk

FILE = ".tillit/ledger.db"


LINES = (
    "who-owns",
    "log",
    "stats",
    "verify",
    "rebuild",
    "checkpoint",
    "define syd --title South",
    "import journal -",
    "backup copy.db",
    "export tlog out",
    "init Other --founder eva",
    "init Other --founder eva --ledger other.db",
)


@pytest.fixture
def town(disk: Disk) -> Disk:
    disk.done("init Town --founder eva")
    disk.done("define norr --title North --key norr-0-define")
    disk.done("who-owns")
    return disk


def lying(disk: Disk) -> str:
    return disk.shell("find . -type f -exec sha256sum {} + | sort")


def test_every_command_says_that_nothing_can_be_written_there(town: Disk) -> None:
    before = lying(town)
    right: Any = town.done("who-owns")
    town.read_only(so=True)
    assert {line: town.tillit(line).kind for line in LINES} == dict.fromkeys(LINES, "1 store.read_only")
    assert town.tillit("init Other --founder eva --ledger other").kind == "1 system.failed"
    assert lying(town) == before
    town.read_only(so=False)
    assert town.done("who-owns") == right
    town.done("define syd --title South --key syd-0-define")
    town.sound(FILE, ["norr-0-define", "syd-0-define"])


def test_a_copy_of_what_lies_on_such_a_disk_can_be_asked_and_verified(town: Disk, tmp_path: Path) -> None:
    right: Any = town.done("who-owns")
    town.read_only(so=True)
    town.shell(f"cp -r .tillit {tmp_path}/copy")
    assert town.done(f"who-owns --ledger {tmp_path}/copy/ledger.db") == right
    town.sound(f"{tmp_path}/copy/ledger.db", ["norr-0-define"])
