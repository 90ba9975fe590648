"""What the tests of the log share: a town hall whose ledger is signed, and an attacker who has its file."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from click.testing import CliRunner

import cli
from cli.main import root
from ledger import Keys, Ledger, command, create_ledger
from ledger.canonical import canonical
from ledger.transparency.checkpoints import Checkpoint
from ledger.transparency.notes import Note, SigningKey
from ledger.transparency.tree import CompactRange, leaf_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from click.testing import Result

PROJECT: Final = Path(cli.__file__).resolve().parents[1]
NOON: Final = datetime(2025, 12, 1, 12, tzinfo=UTC)
FOUNDED: Final = datetime(2025, 1, 1, tzinfo=UTC)
EVENTS: Final = 20
KNOWN: Final = (8, 14, EVENTS)
"""The sizes of the checkpoints that somebody outside remembers."""


def now() -> datetime:
    return NOON


@dataclass
class Office:
    """A folder with a ledger, the settings of its machine, and the checkpoints that somebody outside keeps."""

    base: Path
    vkey: str = ""

    @property
    def file(self) -> Path:
        return self.base / "here" / ".tillit" / "ledger.db"

    @property
    def views(self) -> Path:
        return self.file.with_name("views.db")

    @property
    def keys(self) -> Keys:
        return Keys(self.base / "settings" / "tillit" / "keys")

    def known(self, size: int) -> str:
        return str(self.base / f"{size}.note")

    def mine(self, ending: str) -> Path:
        """The one file of that kind among the keys."""
        (found,) = self.keys.folder.glob(f"*.{ending}")
        return found

    def say(self, *words: str, stdin: bytes | None = None, elsewhere: bool = False) -> Result:
        """The command line; `elsewhere` on a machine that has neither our keys nor what they signed."""
        settings = self.base / ("elsewhere" if elsewhere else "settings")
        return CliRunner().invoke(root, words, input=stdin, env={"XDG_CONFIG_HOME": str(settings)})

    def done(self, *words: str) -> str:
        result = self.say(*words)
        assert result.exit_code == 0, (words, result.output, result.exception)
        return result.stdout

    def fails(self, *words: str, elsewhere: bool = False) -> tuple[int, str]:
        """The exit code and the error code, said both to people and to programs."""
        plain = self.say(*words, elsewhere=elsewhere)
        told = self.say(*words, "--json", elsewhere=elsewhere)
        assert plain.exit_code == told.exit_code != 0, (plain.output, told.output)
        assert plain.stdout == told.stdout == ""
        error = json.loads(told.stderr)["error"]
        assert f"Error: {error['message']}" in plain.stderr
        assert "Traceback" not in plain.stderr
        return told.exit_code, error["code"]


def told(folder: Path) -> Office:
    """Twenty entries, each signed in its own transaction; checkpoints given out on the way."""
    office = Office(folder)
    office.file.parent.mkdir(parents=True)
    with create_ledger(office.file, "Norrby", ["eva"], on=FOUNDED, clock=now, keys=office.keys) as ledger:
        office.vkey = str(office.keys.verifiers(ledger.origin)[-1])
        for number in range(ledger.head() + 1, EVENTS + 1):
            tell(ledger, number)
            if number in KNOWN:
                Path(office.known(number)).write_bytes(ledger.notary.checkpoint())
        ledger.catch_up()
    return office


def tell(ledger: Ledger, number: int) -> None:
    """One more entry; every third is told under a key of its own."""
    said: dict[str, Any] = {"do": "define", "by": "eva", "on": "2025-02-01", "code": f"r{number}"}
    if number % 3 == 0:
        said["key"] = f"k{number}"
    ledger.tell(command(said | {"title": f"Title {number}"}))


def copied(template: Office, base: Path) -> Office:
    shutil.copytree(template.base, base, dirs_exist_ok=True)
    return Office(base, template.vkey)


@contextmanager
def forging(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection of somebody who has the file: the triggers go first, and are put back as they were."""
    with closing(sqlite3.connect(path)) as forger, forger:
        triggers = forger.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _sql in triggers:
            forger.execute(f"DROP TRIGGER {name}")
        yield forger
        for _name, text in triggers:
            forger.execute(text)


@dataclass
class Row:
    """An event as an attacker handles it: what it says, and when it was recorded; all the rest is worked out."""

    entry: dict[str, Any]
    recorded_at: str


@dataclass
class History:
    """What the attacker wants the file to hold."""

    origin: str
    rows: list[Row]
    digests: dict[str, str] = field(default_factory=dict)


def history(path: Path) -> History:
    with closing(sqlite3.connect(path)) as reader:
        (origin,) = reader.execute("SELECT origin FROM head").fetchone()
        found = reader.execute("SELECT leaf, recorded_at FROM event ORDER BY position").fetchall()
        digests = dict(reader.execute("SELECT key, digest FROM command").fetchall())
    return History(origin, [Row(json.loads(leaf)["entry"], at) for leaf, at in found], digests)


def rewrite(path: Path, change: Callable[[list[Row]], list[Row]]) -> CompactRange:
    """The clever attack: after the change every number, leaf, hash, node, the head and the command rows fit anew."""
    wanted = history(path)
    rows = change(wanted.rows)
    tree = CompactRange()
    versions: dict[str, int] = {}
    commands: dict[str, list[int]] = {}
    with forging(path) as forger:
        for table in ("event", "node", "command"):
            forger.execute(f"DELETE FROM {table}")
        for position, row in enumerate(rows, 1):
            entry, at = row.entry, row.recorded_at
            stream, key = entry["stream"], entry.get("key")
            entry["version"] = versions[stream] = versions.get(stream, 0) + 1
            leaf = canonical({"entry": entry, "log": wanted.origin, "recorded_at": at, "seq": position - 1})
            hash_ = leaf_hash(leaf)
            forger.execute(
                "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (position, stream, entry["version"], entry["kind"], key, at, hash_, leaf),
            )
            forger.executemany("INSERT INTO node VALUES (?, ?, ?)", tree.add(hash_))
            if key is not None:
                commands.setdefault(key, []).append(position)
        for key, places in commands.items():
            digest = rows[places[0] - 1].entry.get("asked") or wanted.digests.get(key, "0" * 64)
            forger.execute("INSERT INTO command VALUES (?, ?, ?, ?)", (key, digest, places[0], places[-1]))
        last = rows[-1].recorded_at if rows else ""
        forger.execute("UPDATE head SET size = ?, recorded_at = ?, edge = ?", (tree.size, last, tree.encoded))
    # Views that follow from another history would give it away; they are made anew when somebody asks.
    path.with_name("views.db").unlink(missing_ok=True)
    return tree


def stored_notes(path: Path) -> dict[int | None, Note]:
    """The checkpoints in the file by their numbers; None is the one in the head."""
    with closing(sqlite3.connect(path)) as reader:
        found: list[tuple[int | None, bytes]] = reader.execute("SELECT number, note FROM checkpoint").fetchall()
        found += [(None, note) for (note,) in reader.execute("SELECT note FROM head WHERE note IS NOT NULL")]
    return {number: Note.parse(note) for number, note in found}


def put_notes(path: Path, notes: dict[int | None, Note]) -> None:
    """These checkpoints in the place of those that are there; the number None is the head's."""
    with forging(path) as forger:
        forger.execute("DELETE FROM checkpoint")
        last = notes.get(None)
        forger.execute("UPDATE head SET note = ?", (None if last is None else last.encoded(),))
        kept = [note for number, note in sorted(notes.items(), key=lambda each: each[0] or 0) if number is not None]
        for note in kept:
            forger.execute(
                "INSERT INTO checkpoint (size, note) VALUES (?, ?)", (Checkpoint.parse(note.text).size, note.encoded())
            )


def root_of(path: Path, size: int) -> bytes:
    """The root over the leaves in the file as they are."""
    tree = CompactRange()
    with closing(sqlite3.connect(path)) as reader:
        leaves = reader.execute("SELECT leaf FROM event WHERE position <= ? ORDER BY position", (size,)).fetchall()
    tree.extend(leaf_hash(leaf) for (leaf,) in leaves)
    assert tree.size == size
    return tree.root()


def resign(path: Path, key: SigningKey) -> None:
    """Signs anew, with that key, every checkpoint in the file that the log still reaches, and its end."""
    with closing(sqlite3.connect(path)) as reader:
        origin, size = reader.execute("SELECT origin, size FROM head").fetchone()
    anew: dict[int | None, Note] = {}
    for number, note in stored_notes(path).items():
        of = size if number is None else Checkpoint.parse(note.text).size
        if of <= size:
            anew[number] = Checkpoint(origin, of, root_of(path, of)).signed(key)
    put_notes(path, anew)


NOBODY: Final = 65534
LIMITED = """
import os, sys
from ledger import Keys, command, open_ledger, service, signing
from ledger.errors import LedgerError
if os.geteuid() == 0:
    os.setuid(65534)
try:
    with open_ledger(sys.argv[1], keys=Keys(service.Path(sys.argv[2]))) as ledger:
        ledger.tell(command({"do": "define", "by": "eva", "code": "more", "title": "More"}))
except LedgerError as error:
    print(error.code, error)
"""


def limited(office: Office) -> str:
    """What somebody is told who may not write, telling the ledger one thing more."""
    words = [sys.executable, "-c", LIMITED, str(office.file), str(office.keys.folder)]
    done = subprocess.run(words, env={"PYTHONPATH": str(PROJECT)}, capture_output=True, text=True, check=False)
    assert not done.stderr, done.stderr
    return done.stdout


def open_to_others(office: Office) -> None:
    """All can be reached and written by whoever has no rights of his own."""
    for folder in (office.base, *office.base.parents):
        if folder.stat().st_uid == os.getuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    for path in office.base.rglob("*"):
        path.chmod(0o777 if path.is_dir() else 0o666)
    office.mine("key").chmod(0o600)
    if os.geteuid() == 0:
        os.chown(office.mine("key"), NOBODY, NOBODY)
