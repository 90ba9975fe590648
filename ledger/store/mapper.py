"""Entries to stored bytes and back, by the closed union of events."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Final

from eventsourcing.persistence import StoredEvent
from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from ledger.canonical import canonical
from ledger.errors import Damaged, Refused
from ledger.events import KINDS, Entry, Event, Recorded
from ledger.events.decision import AuthorityOutcome, Check, DecisionMade
from ledger.store.leaf import MAX_LEAF
from ledger.values import timestamp

if TYPE_CHECKING:
    from ledger.store.leaf import Leaf

MAX_ENTRY: Final = MAX_LEAF - 512
"""Bytes; what the log adds around an entry takes less than the rest."""


def stored(entry: Entry) -> StoredEvent:
    """The entry as the library carries it: its state is canonical JSON with `event` inside the envelope.

    Raises Refused "entry.too_long" above MAX_ENTRY bytes.
    """
    fields: dict[str, object] = {
        "actor": entry.actor,
        "event": entry.event.model_dump(mode="json", exclude_defaults=True),
        "kind": entry.event.kind,
        "occurred_at": timestamp(entry.occurred_at),
        "recorded_by": entry.recorded_by,
        "stream": entry.stream,
        "version": entry.version,
    }
    if entry.command_key is not None:
        fields["key"] = entry.command_key
    if entry.basis is not None:
        fields["basis"] = entry.basis
    if entry.reason is not None:
        fields["reason"] = entry.reason
    if entry.together_with:
        fields["with"] = entry.together_with
    state = canonical(fields)
    if len(state) > MAX_ENTRY:
        raise Refused(
            "entry.too_long",
            "The entry takes {bytes} bytes and {limit} is the most that the log holds; shorten its longest text.",
            bytes=len(state),
            limit=MAX_ENTRY,
        )
    return StoredEvent(entry.stream, entry.version, entry.event.kind, state)


def recorded(leaf: Leaf) -> Recorded:
    """The entry that a leaf holds, in its place. Raises Damaged where it cannot be read as it was written."""
    return _read(leaf, leaf.state, _KEPT)


def outlined(leaf: Leaf) -> Recorded:
    """As `recorded`, but of the proof of a decision made inside a mandate only its AuthorityOutcome is read.

    Chain and checks are most of the bytes of such an entry, and most of the time that reading it takes. Of the checks
    only the duties are left, which the views ask about.
    """
    state = leaf.state
    if leaf.kind != DecisionMade.kind or _INSIDE not in state:
        return _read(leaf, state, _KEPT)
    outline = _read(leaf, state, _OUTLINED)
    if duties := _DUTY.findall(state):
        checks = tuple(map(Check.model_validate_json, duties))
        # The outline is ours alone as yet, and making it anew costs as much as reading it.
        outline.entry.event.__dict__["authority"].__dict__["checks"] = checks
    return outline


def _read(leaf: Leaf, state: bytes, shapes: dict[str, type[_Kept]]) -> Recorded:
    try:
        kept = shapes[leaf.kind].model_validate_json(state)
        entry = Entry(
            stream=kept.stream,
            version=kept.version,
            event=kept.event,
            occurred_at=kept.occurred_at,
            actor=kept.actor,
            recorded_by=kept.recorded_by,
            command_key=kept.key,
            basis=kept.basis,
            reason=kept.reason,
            together_with=kept.together_with,
        )
    except (KeyError, ValidationError) as error:
        raise Damaged(
            "entry.unreadable",
            "The entry at position {position} cannot be read as it was written: {why}. "
            "A newer Tillit may have written it, or it was altered; see tillit verify.",
            position=leaf.position,
            why=str(error).splitlines()[0][:200],
        ) from error
    return Recorded(entry, leaf.position, leaf.recorded_at)


class _Kept(BaseModel):
    """An entry as it is stored; unknown fields mean that a newer program wrote it."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    actor: str
    event: Event
    kind: str
    occurred_at: datetime
    recorded_by: str
    stream: str
    version: int
    key: str | None = None
    basis: str | None = None
    reason: str | None = None
    together_with: tuple[str, ...] = Field(default=(), alias="with")


_KEPT: dict[str, type[_Kept]] = {
    kind: create_model("Kept", __base__=_Kept, event=(event, ...)) for kind, event in KINDS.items()
}


class _Outcome(AuthorityOutcome):
    model_config: ClassVar[ConfigDict] = ConfigDict(extra="ignore")
    # Under a name that no entry has, so that reading does not fill it.
    checks: tuple[Check, ...] = Field(default=(), exclude=True, validation_alias="(not read)")


class _Outline(DecisionMade):
    authority: _Outcome  # type: ignore[assignment]  # pyright: ignore[reportIncompatibleVariableOverride]


_OUTLINED: dict[str, type[_Kept]] = {
    DecisionMade.kind: create_model("Outline", __base__=_Kept, event=(_Outline, ...)),
}
# A quote inside a text is escaped, so these bytes can be nothing but the proof's own verdict.
_INSIDE: Final = b'"verdict":"inside"'
# A check that is a duty, in the order of canonical JSON; nothing in it can hold a quote or a brace.
_DUTY: Final = re.compile(rb'\{"asked":"[^"{}]*","dimension":"(?:consent|consult|rationale|report|tell)"[^{}]*\}')
