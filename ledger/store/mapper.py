"""Entries to stored bytes and back, by the closed union of events."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from eventsourcing.persistence import StoredEvent
from pydantic_core import SchemaValidator, ValidationError, core_schema

from ledger.canonical import canonical
from ledger.errors import Damaged, Refused
from ledger.events import KINDS, Entry, Recorded
from ledger.events.decision import DecisionMade
from ledger.store.leaf import MAX_LEAF
from ledger.values import timestamp

if TYPE_CHECKING:
    from ledger.events import Event
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
    if entry.asked is not None:
        fields["asked"] = entry.asked
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
    return _read(leaf, leaf.state)


def outlined(leaf: Leaf) -> Recorded:
    """As `recorded`, but of the proof of a decision inside a mandate nothing is read but the outcome and the duties.

    Chain and checks are most of the bytes of such an entry, and most of the time that reading it takes.
    """
    state = leaf.state
    if leaf.kind == DecisionMade.kind and _INSIDE in state:
        state = _without_proof(state)
    return _read(leaf, state)


def _without_proof(state: bytes) -> bytes:
    """A decision with no chain, and of the checks only those that are duties."""
    begin = state.find(_CHAIN)
    end = _AFTER_CHECKS.search(state, begin) if begin >= 0 else None
    if end is None:
        return state
    duties = b",".join(_DUTY.findall(state, begin, end.start()))
    return b'%b"checks":[%b%b' % (state[:begin], duties, state[end.start() :])


def _read(leaf: Leaf, state: bytes) -> Recorded:
    try:
        entry = _ENTRIES[leaf.kind].validate_json(state)
    except (KeyError, ValidationError) as error:
        raise Damaged(
            "entry.unreadable",
            "The entry at position {position} cannot be read as it was written: {why}. "
            "A newer Tillit may have written it, or it was altered; see tillit verify.",
            position=leaf.position,
            why=str(error).splitlines()[0][:200],
        ) from error
    return Recorded(entry, leaf.position, leaf.recorded_at)


def _entries(event: type[Event]) -> SchemaValidator:
    """Reads entries with that kind of event. Unknown fields mean that a newer program wrote it, and are errors."""
    text = core_schema.str_schema()
    optional = core_schema.with_default_schema(core_schema.nullable_schema(text), default=None)
    texts = core_schema.with_default_schema(core_schema.tuple_variable_schema(text), default=())
    # Into the entry itself: a model in between, of which the entry is made, takes as long again as reading it.
    field = core_schema.dataclass_field
    fields = [
        field("stream", text),
        field("version", core_schema.int_schema()),
        field("event", event.__pydantic_core_schema__),
        field("occurred_at", core_schema.datetime_schema()),
        field("actor", text),
        field("recorded_by", text),
        field("command_key", optional, validation_alias="key"),
        field("asked", optional),
        field("basis", optional),
        field("reason", optional),
        field("together_with", texts, validation_alias="with"),
    ]
    names = [each["name"] for each in fields]
    read_only = field("kind", text, init_only=True)
    arguments = core_schema.dataclass_args_schema("Entry", [*fields, read_only], extra_behavior="forbid")
    return SchemaValidator(core_schema.dataclass_schema(Entry, arguments, names, slots=True))


_ENTRIES: Final = {kind: _entries(event) for kind, event in KINDS.items()}
# A quote inside a text is escaped, so these bytes can be nothing but the proof's own verdict, and its chain.
_INSIDE: Final = b'"verdict":"inside"'
_CHAIN: Final = b'"chain":['
# In a proof alone these keys follow on a list, which is that of its checks.
_AFTER_CHECKS: Final = re.compile(rb'\],"(?:delegation|responsibility)":')
# A check that is a duty, in the order of canonical JSON; nothing in it can hold a quote or a brace.
_DUTY: Final = re.compile(rb'\{"asked":"[^"{}]*","dimension":"(?:consent|consult|rationale|report|tell)"[^{}]*\}')
