"""The rules that a log's entries keep, one after the other: how they are written, and what follows on what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from ledger.canonical import read
from ledger.publishing.findings import broken
from ledger.publishing.reading import shown

CONTINUED: Final = "ledger.continued.v1"
"""The kind of the entry with which a log goes on under another name, after its end was lost."""

_FIELDS: Final = frozenset({"entry", "log", "recorded_at", "seq"})
# Always 27 characters, so that text order is time order.
_INSTANT: Final = re.compile(
    r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{6}Z"
)


@dataclass(frozen=True, slots=True)
class Continued:
    """At `position` the log `former` went on as `origin`. Of the former, `signed` entries had been signed, if told."""

    position: int
    former: str
    origin: str
    signed: int


class Entries:
    """The entries of a log so far: each is held against those before it.

    Memory grows by a number and a name for each stream, and with nothing else.
    """

    def __init__(self) -> None:
        self._versions: dict[str, int] = {}
        self._recorded_at = ""
        self._log: str | None = None
        self.continued: list[Continued] = []
        self.count = 0

    @property
    def streams(self) -> int:
        return len(self._versions)

    def add(self, leaf: bytes) -> None:
        """The next entry's bytes. Raises Broken where they break a rule; nothing may be added after that."""
        position = self.count + 1
        fields = read(leaf)
        if fields is None:
            raise broken("damage.leaf", "Entry {position} is not written as the ledger writes.", position)
        if fields.keys() != _FIELDS:
            raise broken("damage.fields", "Entry {position} does not have the fields that an entry has.", position)
        if not _equal(fields["seq"], self.count):
            raise broken("damage.position", "Entry {position} says that its place is another one.", position)
        stream, version, kind = _envelope(fields["entry"], position)
        self._follow_name(fields["log"], kind, fields["entry"].get("event"), position)
        recorded_at = fields["recorded_at"]
        if not isinstance(recorded_at, str) or not _INSTANT.fullmatch(recorded_at):
            raise broken("damage.recorded_at", "Entry {position} does not say when it was recorded.", position)
        if recorded_at < self._recorded_at:
            template = "Entry {position} was recorded before the one that it follows."
            raise broken("damage.recorded_at", template, position)
        if version != self._versions.get(stream, 0) + 1:
            template = "Entry {position} is not the next in its stream {stream}."
            raise broken("damage.version", template, position, stream=shown(stream))
        self._versions[stream] = version
        self._recorded_at = recorded_at
        self.count = position

    def end(self, origin: str) -> None:
        """All are added of a log whose last name is `origin`. Raises Broken where the entries carry another."""
        if self._log is not None and self._log != origin:
            position = self.continued[-1].position if self.continued else 1
            template = "From entry {position} on the entries were written in another log: {log}."
            raise broken("damage.log", template, position, log=shown(self._log))

    def _follow_name(self, log: object, kind: str, event: object, position: int) -> None:
        """The log is called as before, unless this is the entry that says what it is called from here on."""
        if self._log is None and isinstance(log, str):
            self._log = log
        elif kind == CONTINUED and isinstance(event, dict) and _equal(event.get("former"), self._log):
            origin, signed = event.get("origin"), event.get("signed")
            if isinstance(origin, str):
                told = signed if type(signed) is int else 0
                self.continued.append(Continued(position, str(self._log), origin, told))
                self._log = origin
        if not _equal(log, self._log):
            template = "Entry {position} says that it was written in another log: {log}."
            raise broken("damage.log", template, position, log=shown(log) if isinstance(log, str) else "?")


def _equal(value: object, wanted: object) -> bool:
    # True equals 1, and is not how a number is written.
    return type(value) is type(wanted) and value == wanted


def _envelope(entry: Any, position: int) -> tuple[str, int, str]:  # noqa: ANN401 - whatever JSON holds
    if isinstance(entry, dict):
        stream, version, kind = (entry.get(field) for field in ("stream", "version", "kind"))
        if isinstance(stream, str) and isinstance(kind, str) and type(version) is int:
            return stream, version, kind
    template = "Entry {position} does not say what it is, or its place in which stream."
    raise broken("damage.entry", template, position)
