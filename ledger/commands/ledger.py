"""Housekeeping commands: the founding, corrections, evidence, notes, and erasing."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, JsonValue

from ledger.commands.base import Amount, Command, DecisionId, Handle, Label, Many, Moment, Register, Text, Title
from ledger.events.private import PrivateField

Origin = Annotated[str, Field(pattern=r"^[!-*,-~]{1,200}$")]


def _day_of_year(text: str) -> str:
    try:
        date.fromisoformat(f"2001-{text}")
    except ValueError:
        message = f"'{text[:20]}' is no day of every year; write the month and the day, as in 12-31"
        raise ValueError(message) from None
    return text


class Found(Command):
    """Only the first command of a ledger. See LedgerFounded for what some profiles need to know.

    The root's mandate ends where the term does, and has decisions above `report_above` reported to its holder.
    """

    do: ClassVar[str] = "init"
    name: Title
    origin: Origin
    founders: Annotated[Many[Handle], Field(min_length=1)]
    profile: Literal["tillit", "kommunal", "bolag"] = "tillit"
    language: Literal["en", "sv"] = "en"
    heads: Many[Handle] = ()
    urgent_by: Many[Handle] = ()
    term_ends: Moment | None = None
    series: Register | None = Field(default=None, validation_alias="register")
    year_ends: Annotated[str, AfterValidator(_day_of_year)] | None = None
    report_above: Amount | None = None


class Continue(Command):
    """The log goes on under a new name, since its end is lost."""

    do: ClassVar[str] = "continue"
    origin: Origin
    former: Origin
    kept: int = Field(ge=0)
    signed: int | None = Field(default=None, ge=0)
    root: Text | None = None


class Correct(Command):
    """`field` (dots lead inwards) of the event `version` of `stream` should have said `after`."""

    do: ClassVar[str] = "correct"
    stream: Text
    version: int = Field(ge=1)
    field: Text
    after: JsonValue


class Annul(Command):
    do: ClassVar[str] = "annul"
    stream: Text
    version: int = Field(ge=1)


class Attach(Command):
    """Link evidence to a stream; `digest` is `sha256:` and hex."""

    do: ClassVar[str] = "attach"
    stream: Text
    uri: Text
    label: Title
    digest: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")] | None = None


class Audit(Command):
    """That a question was asked, and the fingerprint of its answer; see AuditRecorded."""

    do: ClassVar[str] = "audit"
    worked_out: ClassVar[frozenset[str]] = frozenset({"as_of", "known_at", "fingerprint"})
    query: Text
    as_of: Moment
    known_at: int = Field(ge=0)
    fingerprint: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    finding: Text | None = None


class AssignNumber(Command):
    """The next number of the register, which nobody chooses."""

    do: ClassVar[str] = "number"
    decision: DecisionId
    series: Register = Field(validation_alias="register")


class Tag(Command):
    do: ClassVar[str] = "tag"
    stream: Text
    tags: Annotated[Many[Label], Field(min_length=1)]


class Note(Command):
    """A text about a stream that changes nothing, and that may be erased."""

    do: ClassVar[str] = "note"
    private: ClassVar[frozenset[str]] = frozenset({"text"})
    stream: Text
    text: Text


class Erase(Command):
    """The private texts of a stream; with `fields` only those, and then there may be new ones.

    `ground` is recorded as it is: what it says is not private.
    """

    do: ClassVar[str] = "erase"
    stream: Text
    fields: Many[PrivateField] = ()
    ground: Text
