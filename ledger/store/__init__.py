"""The record: the only floor that knows how and where events are kept, and the only one that imports eventsourcing."""

from __future__ import annotations

from eventsourcing.persistence import StoredEvent

from ledger.store import mapper
from ledger.store.batch import Appended, CommandRow, ReadSet
from ledger.store.check import Check
from ledger.store.damage import Damage
from ledger.store.database import Database
from ledger.store.disclosures import ErasureRow, TextRow
from ledger.store.leaf import MAX_LEAF, Leaf
from ledger.store.places import back_up, copy, place
from ledger.store.reader import CommandFound, Head, Reader
from ledger.store.recorder import Recorder, create_record, open_record
from ledger.store.restore import UNKNOWN_DIGEST
from ledger.store.sqlite.file import SqliteFile, views_beside
from ledger.store.texts import TextCheck

__all__ = [
    "MAX_LEAF",
    "UNKNOWN_DIGEST",
    "Appended",
    "Check",
    "CommandFound",
    "CommandRow",
    "Damage",
    "Database",
    "ErasureRow",
    "Head",
    "Leaf",
    "ReadSet",
    "Reader",
    "Recorder",
    "SqliteFile",
    "StoredEvent",
    "TextCheck",
    "TextRow",
    "back_up",
    "copy",
    "create_record",
    "mapper",
    "open_record",
    "place",
    "views_beside",
]
