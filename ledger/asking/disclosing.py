"""Which private texts behind an answer a reader takes with them, each so that others can check it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from ledger.asking.circles import of_today, text_for
from ledger.asking.names import member_by
from ledger.errors import Refused
from ledger.events.ledger import PersonalDataErased
from ledger.events.private import commitments

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ledger.asking.view import View
    from ledger.events import Recorded

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Disclosed:
    """The private texts of some entries, as far as they are for the reader.

    `disclosures` are the texts "digest", "salt", "name" and "value" of each that is theirs and still there; `erased`
    tells of the others of theirs, entry by entry, which entry erased its text; both are positions. `withheld` counts
    the texts that are not for them.
    """

    disclosures: tuple[Mapping[str, str], ...]
    erased: Mapping[int, int]
    withheld: int


def disclosures(view: View, positions: Sequence[int]) -> Disclosed:
    """What the view's reader takes with them of the texts of the entries at `positions`, which ascend.

    An erasure after what the view knows is of a text that is not there either, and is not told. Raises NotFound
    "name.unknown", Refused "reader.gone" where the reader takes no part today, Damaged "text.lost", "text.altered".
    """
    _require_reader(view)
    found: list[Mapping[str, str]] = []
    erased: dict[int, int] = {}
    withheld = 0
    for recorded in _entries(view, positions):
        stream = recorded.entry.stream
        for digest in commitments(recorded.entry.event).values():
            shown = text_for(view, stream, digest)
            if shown.erased:
                erased.update((recorded.position, by) for by in _erasures(view, stream, digest))
            elif shown.disclosure is None:
                withheld += 1
            else:
                salt, name, value = shown.disclosure.salt, shown.disclosure.field, shown.disclosure.text
                found.append({"digest": digest, "salt": salt, "name": name, "value": value})
    return Disclosed(tuple(found), erased, withheld)


def _require_reader(view: View) -> None:
    if view.reader is None:
        message = "nobody asks, so that no private text is for them"
        raise ValueError(message)
    who = member_by(view.connection, view.reader.handle)
    if not of_today(view, view.reader).present(who):
        template = "{member} takes no part today, so that no private text is for them."
        raise Refused("reader.gone", template, member=who)


def _entries(view: View, positions: Sequence[int]) -> Iterator[Recorded]:
    """The entries at those positions, in as few reads as they lie in runs."""
    for _, run in groupby(enumerate(positions), lambda pair: pair[1] - pair[0]):
        wanted = [position for _, position in run]
        for start in range(0, len(wanted), _BATCH):
            batch = wanted[start : start + _BATCH]
            yield from view.log.read(batch[0] - 1, len(batch))


def _erasures(view: View, stream: str, digest: str) -> Iterator[int]:
    return (
        each.position
        for each in view.log.stream(stream)
        if each.position <= view.known
        and isinstance(each.entry.event, PersonalDataErased)
        and digest in each.entry.event.digests
    )
