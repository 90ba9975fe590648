"""What a command is told besides its own words: which ledger, who, when, and how to answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cli import days, where
from cli.errors import Usage
from cli.naming import well_formed
from cli.words import _, later

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What every command is told: which ledger, who, when, and whether the answer goes to a program."""

    given_ledger: str | None
    given_me: str | None
    json: bool
    now: datetime

    def place(self) -> str:
        """The path or URL of the ledger. Raises NotFound."""
        return where.place(self.given_ledger)

    def me(self) -> str:
        """Whose hand this is. Raises Usage where nobody has said it, or what was said is no handle."""
        who = self.me_if_known()
        if who is None:
            hints = ("tillit config me HANDLE", _("or --me HANDLE, or TILLIT_ME"))
            raise Usage("who.unknown", later("Who are you? Nobody has said it yet."), hints=hints)
        return who

    def me_if_known(self) -> str | None:
        """Whose hand this is, where anybody has said it. Raises Usage where that is no handle."""
        who = where.me(self.given_me)
        return who and well_formed(who, "handle")


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing(Call):
    """What every writing command is told. `on` is the day as said; `occurred` the instant that it means."""

    on: days.Moment | None
    given_by: str | None
    together_with: tuple[str, ...]
    basis: str | None
    reason: str | None
    key: str | None
    dry_run: bool
    sign: bool

    @property
    def occurred(self) -> datetime:
        return days.occurred(self.on, self.now)

    def by(self) -> str:
        """Who decided: whoever `--by` names, else whoever is typing. Raises Usage where nobody has said it."""
        return self.given_by or self.me()

    def hand(self) -> str:
        """Who types: you, or whoever decided where nobody has said who you are."""
        return self.me_if_known() or self.by()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking(Call):
    """What every asking command is told. `day` is what was asked for as said (today where nothing was).

    `chosen` is true where --fields said which columns. `read_from` is a server that follows the ledger's.
    """

    as_of: datetime | None
    known_at: datetime | int | None
    read_from: str | None
    day: days.Moment
    columns: tuple[str, ...]
    chosen: bool
    format: str
    format_named: bool
    explain: bool

    def place(self) -> str:
        """The ledger, or the copy of it on another server that answers questions."""
        return where.place(self.read_from) if self.read_from else where.place(self.given_ledger)

    @property
    def moment(self) -> datetime:
        """The instant whose truth is asked for: now where nothing was said."""
        return self.as_of or self.now

    def at(self, as_of: datetime, known_at: int) -> Asking:
        """The same question of another moment, as known at a position."""
        return replace(self, as_of=as_of, known_at=known_at)

    def showing(self, *columns: str) -> Asking:
        """The same question with other columns."""
        return replace(self, columns=columns)

    def usual(self, *columns: str) -> Asking:
        """The same question with these of its columns, where --fields said nothing else."""
        return self if self.chosen else self.showing(*columns, *(("explain",) if self.explain else ()))
