"""Who may read a private text: checked each time that one is shown, by the rights of today.

The words of a feedback are for its giver and its receiver, who may be a group: then for whoever sits in it. `line` adds
the line above the receiver: whoever today holds, also in a group or as a stand-in, a responsibility above one that the
receiver held when the circle came to be `line`. So the right goes with the seat and not with the person, and a
receiver who moves on is not read by another line. `open` is for all. Who is no member today is nobody, and nobody reads
only what is open. All other private texts, names and notes, are for whoever has the ledger. An answer that is handed on
holds none of them, whoever asked: it must say the same to all, and after a text is erased.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from ledger.aggregates.feedback import Feedback, evolve
from ledger.aggregates.seats import acts_for, member_seat
from ledger.asking.held import held
from ledger.asking.view import View
from ledger.events.corrections import corrected
from ledger.events.private import APART, ERASED, WITHHELD
from ledger.projections.ownership import holding, responsibility
from ledger.projections.temporal import known_at

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from ledger.asking.view import Reader
    from ledger.commitments import Disclosure

FEEDBACK_STREAM = "F-"


class Shown(NamedTuple):
    """What stands in the place of a private text, whether that is because it is erased, and else what shows it."""

    text: str
    erased: bool = False
    disclosure: Disclosure | None = None


def text_for(view: View, stream: str, digest: str) -> Shown:
    """What the view's reader is shown of a text that the stream commits to. The only way to one.

    Raises Damaged "text.lost", "text.altered".
    """
    if view.apart:
        return Shown(APART)
    if stream.startswith(FEEDBACK_STREAM) and not may_read(view, stream):
        return Shown(WITHHELD)
    found = view.log.disclosed(digest)
    return Shown(ERASED, erased=True) if found is None else Shown(found.text, disclosure=found)


def may_read(view: View, feedback: str) -> bool:
    """Whether the view's reader may read the texts of a feedback today, whenever the view speaks of."""
    if feedback not in view.circles:
        view.circles[feedback] = _may_read(view, feedback)
    return view.circles[feedback]


def responsibilities_of(view: View, member: str) -> list[str]:
    """The ids of what the member holds at the moment, themself or in a group."""
    names = {member, *view.groups_of(member)}
    ever = select(holding.c.stream).where(holding.c.holder.in_(names), known_at(holding, view.known)).distinct()
    return [row["stream"] for row in held(view, responsibility.c.stream.in_(ever), holding.c.holder.in_(names))]


def stands_above(view: View, below: Iterable[str], handle: str) -> bool:
    """Whether the member acts at the moment for who holds a responsibility above one of these."""
    return any(acts_for(link, handle, view) is not None for id_ in below for link in view.known_chain(id_)[:-1])


def at_moment(view: View, moment: datetime) -> View:
    """The same look, at another moment."""
    return View(view.connection, view.log, moment, view.known)


def of_today(view: View, reader: Reader) -> View:
    """A look at what is so today, by which the reader's rights go."""
    return View(view.connection, view.log, reader.at, reader.known)


def _may_read(view: View, feedback: str) -> bool:
    # From the log and not from a view, which anybody who has the file can edit without its being noticed at once.
    state = Feedback()
    for entry in corrected(each.entry for each in view.log.stream(feedback)):
        state = evolve(state, entry)
    if state.visibility == "open":
        return True
    if view.reader is None or not state.id:
        return False
    who = view.reader.handle
    today = of_today(view, view.reader)
    if not today.present(who):
        return False
    if who == state.giver:
        return True
    # Who sat in a group that is no more received nothing as its occupant since.
    if today.present(state.to) and member_seat(state.to, who, today) is not None:
        return True
    if state.visibility != "line":
        return False
    then = at_moment(today, state.lined)
    return stands_above(today, responsibilities_of(then, state.to), who)
