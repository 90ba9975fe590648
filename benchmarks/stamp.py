"""Copies of a branch that the rules recorded, under other names: the same entries, faster than by the rules again."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from typing import TYPE_CHECKING, Final

from ledger.commitments import SALT_BYTES, Disclosure
from ledger.store import CommandRow, Leaf, ReadSet, Recorder, StoredEvent, TextRow
from ledger.values import content_id, responsibility_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_NAMES: Final = re.compile(
    rb'"(r|m|member:m)([0-9]+)"|([RD]-[0-9a-z]{10})|"key":"([0-9a-f]{32})"|"name_digest":"([-_0-9A-Za-z]{43})"'
)
_DIGEST: Final = re.compile(rb'"name_digest":"([-_0-9A-Za-z]{43})"')
_BATCH: Final = 1_000


class Stamp:
    """One branch: which numbers its responsibilities and members have, and what was recorded about them."""

    def __init__(self, recorder: Recorder, leaves: Sequence[Leaf], responsibilities: int, members: int) -> None:
        self._leaves = leaves
        self._responsibilities = responsibilities
        self._members = members
        self._texts = dict[str, Disclosure]()
        for leaf in leaves:
            for digest in _digests(leaf.state):
                text = recorder.disclosed(digest)
                if text is not None:
                    self._texts[digest] = text

    def append(self, recorder: Recorder, copy: int) -> None:
        """Record the branch once more, all its numbers raised so often."""
        ids = self._ids(copy)
        own = {digest: _salted_anew(text, copy) for digest, text in self._texts.items()}
        ids |= {digest: text.digest for digest, text in own.items()}
        texts = {text.digest: text for text in own.values()}
        for group in self._batches(copy, ids):
            events, rows = list[StoredEvent](), list[CommandRow]()
            for key, command in group:
                rows.append(
                    CommandRow(
                        key, str(json.loads(command[0].state)["asked"]), len(events), len(events) + len(command) - 1
                    )
                )
                events += command
            kept = [
                TextRow(str(event.originator_id), digest, texts[digest].encoded, place)
                for place, event in enumerate(events)
                for digest in _digests(event.state)
            ]
            read = ReadSet(recorder.head().position, {})
            recorder.append(events, read=read, commands=rows, disclosures=kept)

    def _batches(self, copy: int, ids: dict[str, str]) -> Iterator[list[tuple[str, list[StoredEvent]]]]:
        waiting: list[tuple[str, list[StoredEvent]]] = []
        size = 0
        named = ((self._key(leaf.state, copy), self._event(leaf, copy, ids)) for leaf in self._leaves)
        for key, group in itertools.groupby(named, key=lambda pair: pair[0]):
            waiting.append((key, [event for _, event in group]))
            size += len(waiting[-1][1])
            if size >= _BATCH:
                yield waiting
                waiting, size = [], 0
        if waiting:
            yield waiting

    def _event(self, leaf: Leaf, copy: int, ids: dict[str, str]) -> StoredEvent:
        name = self._renamed(b'"' + leaf.stream.encode() + b'"', copy, ids).decode()[1:-1]
        return StoredEvent(name, leaf.version, leaf.kind, self._renamed(leaf.state, copy, ids))

    def _renamed(self, state: bytes, copy: int, ids: dict[str, str]) -> bytes:
        def name(found: re.Match[bytes]) -> bytes:
            if found[3]:
                old = found[3].decode()
                return ids.get(old, old).encode()
            if found[4]:
                return b'"key":"%b"' % _key(found[4], copy)
            if found[5]:
                return b'"name_digest":"%b"' % ids[found[5].decode()].encode()
            step = self._responsibilities if found[1] == b"r" else self._members
            return b'"%b%d"' % (found[1], int(found[2]) + copy * step)

        return _NAMES.sub(name, state)

    def _key(self, state: bytes, copy: int) -> str:
        return _key(str(json.loads(state)["key"]).encode(), copy).decode()

    def _ids(self, copy: int) -> dict[str, str]:
        """The new id of every responsibility and decision, which follow from what they are about."""
        step = self._responsibilities
        ids = {responsibility_id(f"r{n}"): responsibility_id(f"r{n + copy * step}") for n in range(step)}
        for leaf in self._leaves:
            if leaf.kind == "decision.proposed.v1":
                if _decision(leaf.state) != leaf.stream:
                    message = "a decision has another id than what it is about gives it"
                    raise ValueError(message)
                ids[leaf.stream] = _decision(self._renamed(leaf.state, copy, ids))
        return ids


def _key(key: bytes, copy: int) -> bytes:
    # As good as random, as the keys of real clients are.
    return hashlib.sha256(b"%d %b" % (copy, key)).hexdigest()[:32].encode()


def _digests(state: bytes) -> list[str]:
    """The private texts that an entry commits to."""
    return [found.decode() for found in _DIGEST.findall(state)]


def _salted_anew(text: Disclosure, copy: int) -> Disclosure:
    return Disclosure.salted(
        hashlib.sha256(f"{copy} {text.salt}".encode()).digest()[:SALT_BYTES], text.field, text.text
    )


def _decision(state: bytes) -> str:
    entry = json.loads(state)
    event = entry["event"]
    content: dict[str, object] = {
        "title": event["title"],
        "in": event["responsibility"],
        "type": event["decision_type"],
        "amount": event["amount"],
        "by": entry["actor"],
        "on": entry["occurred_at"],
        "key": entry["key"],
    }
    return content_id("D", content)
