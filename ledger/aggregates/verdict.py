"""What the authority walk looks at, and what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol

from ledger.events.decision import AuthorityProof, Check, ProofLink
from ledger.events.responsibility import Mandate

# What must be done before or after a decision, as dimensions of its proof.
DUTIES = ("consult", "consent", "report", "rationale", "tell")
No = Literal["never granted", "not accepted", "limit passed", "ended", "reserved", "conflicted"]


class Roster(Protocol):
    """Who sits in a group at the moment of the walk."""

    def acts(self, group: str) -> str | None:
        """`each` or `together` for a group, None for a person."""
        ...

    def occupants(self, group: str) -> Sequence[tuple[str, bool]]:
        """(handle, is itself a group) of everyone who sits in it; a group in it only while that is there."""
        ...

    def present(self, member: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Holding:
    """A live delegation at the moment of the walk."""

    delegation: int
    holder: str
    delegator: str
    since: datetime
    until: datetime
    mandate: Mandate
    stand_ins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """One responsibility of a chain as it stood at a moment.

    Where nobody holds it, `ceiling` is the last mandate (None: there never was one), and `former` says who held it
    last, when that ended and why. `offered_to` has an open offer. `drawn` is what this year's decisions have used.
    """

    responsibility: str
    code: str
    title: str
    decides: tuple[str, ...] = ()
    reserved: tuple[str, ...] = ()
    holding: Holding | None = None
    ceiling: Mandate | None = None
    former: tuple[str, datetime, str] | None = None
    offered_to: str | None = None
    drawn: Decimal = Decimal(0)

    @property
    def mandate(self) -> Mandate | None:
        return self.holding.mandate if self.holding else self.ceiling


@dataclass(frozen=True, slots=True)
class Ask:
    """What somebody wants to decide. `amount` None is not stated; `scope` are the labels it touches."""

    type: str
    amount: Decimal | None = None
    scope: frozenset[str] = frozenset()
    one_way: bool = False


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, as they are at the moment of the walk."""

    handle: str
    present: bool = True
    absent: bool = False
    conflicted: bool = False


@dataclass(frozen=True, slots=True)
class Duty:
    """What must be done before or after, with or by whom, and where that follows from."""

    kind: Literal["consult", "consent", "report", "rationale", "tell"]
    member: str
    source: str
    within: int | None = None

    @property
    def before(self) -> bool:
        return self.kind in {"consult", "consent", "rationale"}


@dataclass(frozen=True, slots=True)
class Seat:
    """As what somebody acts for a responsibility, and who must act with them."""

    capacity: Literal["holder", "occupant", "stand-in", "delegator", "answers for vacant"]
    acting_for: str | None = None
    together_with: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer, and the proof of it. `no` is None for a yes; then link, dimension, limit and asked are None too."""

    no: No | None
    responsibility: str
    link: str | None = None
    dimension: str | None = None
    limit: str | None = None
    asked: str | None = None
    seat: Seat | None = None
    duties: tuple[Duty, ...] = ()
    checks: tuple[Check, ...] = ()
    chain: tuple[Link, ...] = field(default=(), repr=False)

    def proof(
        self, verdict: Literal["inside", "outside", "urgent"], met: frozenset[tuple[str, str]] = frozenset()
    ) -> AuthorityProof:
        """What is stamped on a decision made on this verdict; `met` are the duties done by then: (kind, member)."""
        leaf = self.chain[-1]
        due = (
            Check(
                responsibility=leaf.responsibility,
                dimension=duty.kind,
                limit=duty.member,
                asked=duty.source,
                result=_state(duty, met),
            )
            for duty in self.duties
        )
        return AuthorityProof(
            verdict=verdict,
            responsibility=self.responsibility,
            delegation=leaf.holding.delegation if leaf.holding else None,
            capacity=self.seat.capacity if self.seat else None,
            together_with=tuple(sorted(self.seat.together_with)) if self.seat else (),
            chain=tuple(_proof_link(link) for link in self.chain),
            checks=(*self.checks, *due),
        )


def _state(duty: Duty, met: frozenset[tuple[str, str]]) -> Literal["ok", "due before", "due after"]:
    if (duty.kind, duty.member) in met:
        return "ok"
    return "due before" if duty.before else "due after"


def _proof_link(link: Link) -> ProofLink:
    holding = link.holding
    return ProofLink(
        responsibility=link.responsibility,
        code=link.code,
        holder=holding.holder if holding else None,
        delegation=holding.delegation if holding else None,
        since=holding.since if holding else None,
        delegator=holding.delegator if holding else None,
        mandate=link.mandate,
    )
