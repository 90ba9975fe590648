"""The record: the only floor that knows how and where events are kept, and the only one that imports eventsourcing."""

from __future__ import annotations

from eventsourcing.persistence import StoredEvent

from ledger.store import mapper
from ledger.store.backup import back_up
from ledger.store.check import Check, Damage
from ledger.store.disclosures import ErasureRow, TextRow
from ledger.store.engines import driver, file_of, glancing, reading, sql, views_engine, writing
from ledger.store.files import place
from ledger.store.leaf import MAX_LEAF, Leaf
from ledger.store.reader import CommandFound, Head, Reader
from ledger.store.recorder import Recorder, create_record, open_record
from ledger.store.restore import UNKNOWN_DIGEST
from ledger.store.texts import TextCheck
from ledger.store.writer import Appended, CommandRow, ReadSet

__all__ = [
    "MAX_LEAF",
    "UNKNOWN_DIGEST",
    "Appended",
    "Check",
    "CommandFound",
    "CommandRow",
    "Damage",
    "ErasureRow",
    "Head",
    "Leaf",
    "ReadSet",
    "Reader",
    "Recorder",
    "StoredEvent",
    "TextCheck",
    "TextRow",
    "back_up",
    "create_record",
    "driver",
    "file_of",
    "glancing",
    "mapper",
    "open_record",
    "place",
    "reading",
    "sql",
    "views_engine",
    "writing",
]
