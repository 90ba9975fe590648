"""What the tests of exports share: a log in memory, its signed checkpoints, and looks at a folder."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ledger.canonical import canonical
from ledger.publishing.findings import Finding
from ledger.publishing.offline import verify_export
from ledger.publishing.tlog import Exported, export_tlog
from ledger.transparency.checkpoints import Checkpoint
from ledger.transparency.notes import SigningKey
from ledger.transparency.tree import EMPTY_ROOT, CompactRange, leaf_hash

ORIGIN = "example.org/club"
KEY = SigningKey(ORIGIN, 1, bytes(range(32)))
KEYS = (KEY.verifier,)
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Entry:
    position: int
    leaf: bytes

    @property
    def leaf_hash(self) -> bytes:
        return leaf_hash(self.leaf)


def entry(number: int, text: str = "hej", **other: object) -> bytes:
    """The bytes of the entry at `number`, counted from 0, one of seven streams."""
    fields = {
        "entry": {
            "event": {"text": text},
            "kind": "test.happened.v1",
            "stream": f"R-{number % 7}",
            "version": number // 7 + 1,
        },
        "log": ORIGIN,
        "recorded_at": f"2025-03-14T12:{number // 60 % 60:02}:{number % 60:02}.{number:06}Z",
        "seq": number,
    }
    if number >= 3600:
        fields["recorded_at"] = f"2025-03-{15 + number // 86_400:02}T{_clock(number % 86_400)}.000000Z"
    return canonical(fields | other)


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


@dataclass
class Memory:
    """A log as the record offers it: entries, the tiles that are complete, and the right edge."""

    origin: str = ORIGIN
    entries: list[Entry] = field(default_factory=list)
    rows: dict[int, list[bytes]] = field(default_factory=dict)
    edge: CompactRange = field(default_factory=CompactRange)

    @classmethod
    def of(cls, leaves: Iterable[bytes], origin: str = ORIGIN) -> Memory:
        log = cls(origin)
        log.grow(leaves)
        return log

    def grow(self, leaves: Iterable[bytes]) -> None:
        new = [Entry(number, leaf) for number, leaf in enumerate(leaves, len(self.entries) + 1)]
        self.entries += new
        hashes = [one.leaf_hash for one in new]
        self.rows.setdefault(0, []).extend(hashes)
        for level, _, value in self.edge.extend(hashes):
            self.rows.setdefault(level // 8, []).append(value)

    def tree(self) -> CompactRange:
        return CompactRange.of(self.edge.size, self.edge.hashes)

    def tile(self, level: int, index: int) -> list[bytes]:
        return self.rows.get(level, [])[index * 256 : (index + 1) * 256]

    def log(self, after: int, limit: int) -> Sequence[Entry]:
        return self.entries[after : after + limit]

    def checkpoint(self, size: int | None = None) -> Checkpoint:
        """That of the first `size` entries, worked out from nothing but their hashes."""
        size = len(self.entries) if size is None else size
        return Checkpoint(self.origin, size, plain_root([one.leaf_hash for one in self.entries[:size]]))

    def note(self, size: int | None = None, key: SigningKey = KEY) -> bytes:
        return self.checkpoint(size).signed(key).encoded()


def plain_root(hashes: Sequence[bytes]) -> bytes:
    edge = CompactRange()
    edge.extend(hashes)
    return edge.root() if hashes else EMPTY_ROOT


def log_of(size: int) -> Memory:
    return Memory.of(map(entry, range(size)))


def random_log(seed: int, size: int) -> Memory:
    """Entries of lengths from nothing to a few hundred bytes, some of them not ASCII."""
    chance = random.Random(seed)  # noqa: S311 - a test's entries hold no secret
    return Memory.of(
        entry(number, "å\U0001f602\u2028\x07"[: chance.randrange(5)] * chance.randrange(40)) for number in range(size)
    )


def exported(log: Memory, folder: Path, size: int | None = None) -> Exported:
    return export_tlog(log, folder, log.note(size))


def verified(folder: Path, *known: bytes) -> dict[str, Finding]:
    """The findings by their check; the last of those of one check."""
    return {one.check: one for one in verify_export(folder, KEYS, known)}


def broken(folder: Path, *known: bytes) -> list[tuple[str, int | None]]:
    """The code and the position of every damage."""
    findings = verify_export(folder, KEYS, known)
    for one in findings:
        assert "{" not in str(one)
        assert str(one).isprintable()
    return [(one.damage.what, one.damage.position) for one in findings if one.damage is not None]


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def edited(folder: Path, path: str, edit: Callable[[bytes], bytes]) -> None:
    file = folder / path
    file.write_bytes(edit(file.read_bytes()))


def with_leaves(folder: Path, leaves: list[bytes], key: SigningKey = KEY) -> None:
    """An export of these entries, whatever they are, made and signed as the log would."""
    exported(log := Memory.of(leaves), folder)
    (folder / "checkpoint").write_bytes(log.note(key=key))
