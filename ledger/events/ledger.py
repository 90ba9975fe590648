"""Housekeeping: the founding, corrections of what was recorded, evidence, notes, and what was erased."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

from ledger.events.base import Event

Profile = Literal["tillit", "kommunal", "bolag"]


class LedgerFounded(Event):
    """All authority leads back here. `origin` names this log and no other.

    What some profiles need to know: `heads` may delegate further, `urgent_by` may decide what cannot wait, `series` is
    the register that decisions are numbered in, each year its own; the fiscal year ends on `year_ends`, MM-DD.
    """

    kind: ClassVar[str] = "ledger.founded.v1"
    name: str
    origin: str
    founders: tuple[str, ...]
    root: str
    profile: str = "tillit"
    language: str = "en"
    heads: tuple[str, ...] = ()
    urgent_by: tuple[str, ...] = ()
    series: str | None = None
    year_ends: str | None = None


class LedgerContinued(Event):
    """The log `former` ended at `kept` events, and goes on from here as `origin`.

    Of the former log `signed` events with the root `root` (base64) had been signed: those beyond `kept` are lost.
    Both are left out where nobody remembers.
    """

    kind: ClassVar[str] = "ledger.continued.v1"
    origin: str
    former: str
    kept: int
    signed: int | None = None
    root: str | None = None


class EntryCorrected(Event):
    """`field` of the event `version` of the same stream should have said `after`.

    It stands in the stream that it corrects, so that whoever reads the stream reads the correction.
    """

    kind: ClassVar[str] = "entry.corrected.v1"
    version: int
    field: str
    before: object = None
    after: object = None


class EntryAnnulled(Event):
    """The event `version` of the same stream was recorded by mistake: history shows it, nothing else counts it."""

    kind: ClassVar[str] = "entry.annulled.v1"
    version: int


class EvidenceLinked(Event):
    """Evidence for what the stream is about: an attachment, minutes, a mail. `digest` is `sha256:` and hex."""

    kind: ClassVar[str] = "evidence.linked.v1"
    uri: str
    label: str
    digest: str | None = None


class AuditRecorded(Event):
    """Somebody asked `query`, as of `as_of` and as known at the position `known_at`, and what they found.

    `fingerprint` is the SHA-256, in hex, of the RFC 8785 bytes of {"columns": [...], "rows": [[...], ...]}.
    """

    kind: ClassVar[str] = "audit.recorded.v1"
    query: str
    as_of: datetime
    known_at: int
    fingerprint: str
    finding: str | None = None


class NumberAssigned(Event):
    """`of` got that number of the register `series`, in whose own stream it stands: no two can take the next one.

    Numbers count from 1 and are never given twice.
    """

    kind: ClassVar[str] = "number.assigned.v1"
    series: str
    number: int
    of: str


class Tagged(Event):
    """Words by which what the stream is about can be found; those that it had stay."""

    kind: ClassVar[str] = "subject.tagged.v1"
    tags: tuple[str, ...]


class NoteAdded(Event):
    """Somebody noted something about what the stream is about, which changes nothing.

    `note_digest` commits to the text, which may be erased.
    """

    kind: ClassVar[str] = "note.added.v1"
    note_digest: str


class PersonalDataErased(Event):
    """The private texts that the stream committed to by `digests` are gone; the digests, handles and dates stay.

    `fields` says what they were. With `whole`, the key of the stream's texts is gone too and never made again.
    """

    kind: ClassVar[str] = "personal_data.erased.v1"
    fields: tuple[str, ...]
    digests: tuple[str, ...]
    ground: str
    whole: bool = False
