"""What the tests of the record share: a record in a folder, events for it, and processes that write to it."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from ledger.canonical import canonical
from ledger.store import CommandRow, ReadSet, Recorder, StoredEvent, create_record

NOON = datetime(2025, 3, 14, 12, tzinfo=UTC)
ROOT = Path(__file__).parents[2]

WRITER = """
import sys
from ledger.errors import Conflict
from ledger.store import ReadSet, open_record
sys.path.insert(0, {kit!r})
from storekit import event
recorder = open_record(sys.argv[1])
for number in range(1, int(sys.argv[3]) + 1):
    pair = [event(sys.argv[2], number), event(sys.argv[2] + "-b", number)]
    recorder.append(pair, read=ReadSet(recorder.head().position, {{}}))
    print(number, flush=True)
"""


def clock() -> datetime:
    return NOON


def event(stream: str, version: int, key: str | None = None, kind: str = "test.happened.v1") -> StoredEvent:
    fields: dict[str, object] = {"event": {"text": "hej"}, "kind": kind, "stream": stream, "version": version}
    if key is not None:
        fields["key"] = key
    return StoredEvent(stream, version, kind, canonical(fields))


def record(place: Path | str, events: int = 0) -> Recorder:
    """A new record: in a folder, or at an address."""
    recorder = create_record(place / "ledger.db" if isinstance(place, Path) else place, "test/1", clock)
    for number in range(1, events + 1):
        recorder.append(
            [event("R-1", number, f"k{number}")], read=ReadSet(number - 1, {}), commands=[row(f"k{number}")]
        )
    return recorder


def row(key: str) -> CommandRow:
    return CommandRow(key, "digest", 0, 0)


def writer(address: str, stream: str, count: int) -> subprocess.Popen[str]:
    """A process that appends pairs of events and says each number once it is recorded."""
    code = WRITER.format(kit=str(Path(__file__).parent))
    words = [sys.executable, "-c", code, address, stream, str(count)]
    return subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
