"""Housekeeping: the founding, corrections of what was recorded, and evidence."""

from __future__ import annotations

from typing import ClassVar, Literal

from ledger.events.base import Event

Profile = Literal["tillit", "kommunal"]


class LedgerFounded(Event):
    """All authority leads back here. `origin` names this log and no other."""

    kind: ClassVar[str] = "ledger.founded.v1"
    name: str
    origin: str
    founders: tuple[str, ...]
    root: str
    profile: str = "tillit"
    language: str = "en"


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
