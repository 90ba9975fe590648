"""Commands about those who can hold a responsibility."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from ledger.commands.base import Amount, Command, Handle, Label, Moment, Text, Title


class AddMember(Command):
    do: ClassVar[str] = "member add"
    private: ClassVar[frozenset[str]] = frozenset({"name"})
    handle: Handle
    name: Title | None = None
    group: bool = False
    acts: Literal["each", "together"] | None = None
    body: bool = False


class RenameMember(Command):
    do: ClassVar[str] = "member rename"
    private: ClassVar[frozenset[str]] = frozenset({"name"})
    handle: Handle
    name: Title


class LeaveMember(Command):
    """`on` is the first day on which the member is gone; it may lie ahead."""

    do: ClassVar[str] = "member leave"
    plans: ClassVar[bool] = True
    handle: Handle


class ReturnMember(Command):
    do: ClassVar[str] = "member return"
    plans: ClassVar[bool] = True
    handle: Handle


class JoinGroup(Command):
    """`on` is the first day in the group; it may lie ahead."""

    do: ClassVar[str] = "member join"
    plans: ClassVar[bool] = True
    group: Handle
    handle: Handle
    until: Moment | None = None


class PartGroup(Command):
    do: ClassVar[str] = "member part"
    plans: ClassVar[bool] = True
    group: Handle
    handle: Handle


class StateCapacity(Command):
    """Always one's own."""

    do: ClassVar[str] = "capacity"
    amount: Amount
    unit: Literal["hours_week", "points"] = "hours_week"


class StateCompetence(Command):
    """Always one's own."""

    do: ClassVar[str] = "competence"
    competence: Label
    level: Literal["learning", "able", "teaching"]
    evidence: Text | None = None


class ConfirmCompetence(Command):
    do: ClassVar[str] = "confirm"
    handle: Handle
    competence: Label
    level: Literal["learning", "able", "teaching"]


class WithdrawCompetence(Command):
    """By the member, or by who confirmed it."""

    do: ClassVar[str] = "withdraw-competence"
    handle: Handle
    competence: Label


class StateAbsence(Command):
    """Always one's own; no cause is asked for."""

    do: ClassVar[str] = "away"
    since: Moment = Field(validation_alias="from")
    until: Moment
