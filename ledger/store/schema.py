"""The tables of the record, the same on every engine, so that one set of statements reads and writes them all."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)

LEDGER_ID: Final = 0x54696C6C
"""What an SQLite file of ours carries as application_id ("Till"), so that no other file is taken for a ledger."""
VIEWS_ID: Final = 0x54696C76
FORMAT: Final = 2
"""The version of these tables. A file with a higher one was written by a later Tillit and is left alone; one with a
lower one is brought up to it when it is opened."""

_FIRST: Final = frozenset({"event", "command", "head", "tracking"})

metadata: Final = MetaData()
# SQLite spells its row number INTEGER and nothing else; a server's INTEGER would end at two thousand million.
_number = BigInteger().with_variant(Integer(), "sqlite")
_small = SmallInteger().with_variant(Integer(), "sqlite")
# By code points, as SQLite compares, whatever language the server's users speak.
_text = Text().with_variant(Text(collation="C"), "postgresql")

# The position is the size of the log once the event is in it. The leaf stands last, so that whoever wants only
# hashes or kinds need not read through long texts.
event: Final = Table(
    "event",
    metadata,
    Column("position", _number, primary_key=True, autoincrement=False),
    Column("stream", _text, nullable=False),
    Column("version", _number, nullable=False),
    Column("kind", _text, nullable=False),
    Column("command_key", _text),
    Column("recorded_at", _text, nullable=False),
    Column("leaf_hash", LargeBinary, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    UniqueConstraint("stream", "version", name="event_stream_version"),
    sqlite_strict=True,
)

# A command that was told twice is answered with what it caused the first time: the positions `first` to `last`.
command: Final = Table(
    "command",
    metadata,
    Column("key", _text, primary_key=True),
    Column("digest", _text, nullable=False),
    Column("first", _number, nullable=False),
    Column("last", _number, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

head: Final = Table(
    "head",
    metadata,
    Column("one", _small, CheckConstraint("one = 1"), primary_key=True),
    Column("size", _number, nullable=False),
    Column("recorded_at", _text, nullable=False),
    Column("origin", _text, nullable=False),
    # The tree's compact range at `size`: at most 64 hashes, one after the other.
    Column("edge", LargeBinary, nullable=False),
    # The last checkpoint that was signed with an append: each one replaces the one before it.
    Column("note", LargeBinary),
    sqlite_strict=True,
)

# The nodes that no tile holds whole: levels 8, 16, 24 and so on. Those below are computed from the leaf hashes.
node: Final = Table(
    "node",
    metadata,
    Column("level", _small, primary_key=True, autoincrement=False),
    Column("idx", _number, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

# Every checkpoint that was given out, and those that came back with cosignatures.
checkpoint: Final = Table(
    "checkpoint",
    metadata,
    Column("number", _number, primary_key=True),
    Column("size", _number, nullable=False),
    Column("note", LargeBinary, nullable=False),
    sqlite_strict=True,
)

# The texts that events commit to: rows with a number of SQLite's own, so that each stands after the one before it and
# none is ever moved. Erasing empties a row where it stands.
disclosure: Final = Table(
    "disclosure",
    metadata,
    Column("digest", _text, primary_key=True),
    Column("position", _number, nullable=False),
    Column("subject", _text, nullable=False),
    Column("nonce", LargeBinary),
    Column("ciphertext", LargeBinary),
    sqlite_strict=True,
)

# An erased subject keeps its row, so that no key is ever made for it again.
subject_key: Final = Table(
    "subject_key",
    metadata,
    Column("subject", _text, primary_key=True),
    Column("key", LargeBinary),
    Column("erased_at", _text),
    CheckConstraint("(key IS NULL) = (erased_at IS NOT NULL)"),
    sqlite_strict=True,
)

tracking: Final = Table(
    "tracking",
    metadata,
    Column("application_name", _text, primary_key=True),
    Column("notification_id", _number, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)


def tables_of(format_: int) -> frozenset[str]:
    """The tables that a file of that format has."""
    return _FIRST if format_ == 1 else frozenset(metadata.tables)
