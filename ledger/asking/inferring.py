"""What a command leaves unsaid, where what is recorded makes it certain: where, of what type, on which version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from ledger.aggregates.decision import Decision, evolve
from ledger.aggregates.seats import acts_for, live_from
from ledger.aggregates.verdict import Ask
from ledger.asking.authority import verdict_in
from ledger.asking.matters import matters, waits
from ledger.asking.names import decision_by, responsibility_by
from ledger.asking.owners import holds, offers
from ledger.events.corrections import corrected
from ledger.projections.decisions import decision

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.aggregates.verdict import Link
    from ledger.asking.view import View

    Row = dict[str, object]


def where_and_what(view: View, handle: str, code: str | None, type_: str | None) -> list[tuple[str, tuple[str, ...]]]:
    """The responsibilities that somebody could mean, each with the decision types: (code, types).

    Without `code`, those that they hold or stand in for; with `type_`, only where they decide that, and it is the
    only one. A type may be a pattern: then it names many. Raises NotFound for a code that nothing has.
    """
    if code is not None:
        chain = view.chain(responsibility_by(view.connection, code))
        return [(code, _types(chain) if type_ is None else (type_,))] if chain else []
    held = {str(row["code"]): str(row["responsibility"]) for row in holds(view, handle)}
    if type_ is None:
        return [(each, _types(view.chain(id_))) for each, id_ in held.items()]
    return [(each, (type_,)) for each, id_ in held.items() if verdict_in(view, id_, handle, Ask(type_)).no is None]


def offered_to(view: View, handle: str) -> list[str]:
    """The codes of what is offered to somebody, or to a group that they sit in, and waits for an answer."""
    mine = {handle, *view.groups_of(handle)}
    return [str(row["code"]) for row in offers(view) if row["to"] in mine]


def other_side(view: View, handle: str, code: str) -> str | None:
    """With whom somebody talks of that responsibility: its holder, or who stands above it. None unless it is certain.

    Certain is a person for whom nobody stands in: of several, who was there is not known. Raises NotFound for a code
    that nothing has.
    """
    chain = view.chain(responsibility_by(view.connection, code))
    above = live_from(chain, len(chain) - 2) if chain else None
    if not chain or above is None:
        return None
    sides = (chain[-1], chain[above])
    own = [acts_for(link, handle, view) is not None for link in sides]
    if own[0] == own[1]:
        return None
    other = sides[own.index(False)].holding
    return other.holder if other and not other.stand_ins and view.acts(other.holder) is None else None


def on_the_table(view: View, name: str) -> Row:
    """An open matter as it reads now: its id, title, version, process, options and consenters; and what it waits for.

    `waits` are {for, who, about} as L20 has them, what comes first before the rest. Raises NotFound.
    """
    id_ = decision_by(view.connection, name)
    state = Decision()
    for entry in corrected(recorded.entry for recorded in view.log.stream(id_)):
        state = evolve(state, entry)
    proposal = state.proposal
    return {
        "decision": id_,
        "title": proposal.title if proposal else None,
        "version": state.version,
        "process": proposal.process if proposal else None,
        "options": list(proposal.options) if proposal else [],
        "consenters": list(proposal.consenters) if proposal else [],
        "waits": [
            {"for": each.what, "who": list(each.who), "about": each.about}
            for matter in matters(view, select(decision.c.stream).where(decision.c.stream == id_))
            if state.open(view.at)
            for each in waits(view, matter)
        ],
    }


def _types(chain: Sequence[Link]) -> tuple[str, ...]:
    """What the last link decides: as it is defined, or else as its mandate or the nearest above it says."""
    for link in reversed(chain):
        named = link.decides or (link.mandate.types if link.mandate else None)
        if named:
            return named
    return ()
