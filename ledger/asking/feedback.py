"""What members said to each other about the work: is it said, both ways, and what did it lead to? Nobody is ranked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from ledger.asking.circles import at_moment, responsibilities_of, stands_above, text_for
from ledger.asking.held import code_of
from ledger.asking.names import feedback_by, member_by, subject
from ledger.asking.view import moment
from ledger.errors import NotFound
from ledger.projections.decisions import decision
from ledger.projections.feedback import effect, feedback, reply
from ledger.projections.members import presence
from ledger.projections.temporal import at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import ColumnElement, RowMapping, Table

    from ledger.asking.view import View

    Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which feedback: each that is given must hold. `waiting` is what nobody has acknowledged, or answered."""

    by: str | None = None
    to: str | None = None
    about: str | None = None
    waiting: bool = False


def feedbacks(view: View, chosen: Chosen) -> Iterator[Row]:
    """What was given and asked for by the moment, the oldest first, with the words that the reader may read.

    Raises NotFound for names that nothing has.
    """
    only: list[ColumnElement[bool]] = []
    if chosen.by is not None:
        only.append(feedback.c.giver == member_by(view.connection, chosen.by))
    if chosen.to is not None:
        only.append(feedback.c.to == member_by(view.connection, chosen.to))
    if chosen.about is not None:
        stream = subject(view.connection, chosen.about)
        only.append((feedback.c.about == stream) | feedback.c.about.startswith(f"{stream}/"))
    for row in _rows(view, *only):
        told = _told(view, row)
        if not chosen.waiting or told["status"] in {"given", "asked"}:
            yield told


def feedback_shown(view: View, name: str) -> Row:
    """One feedback with all that followed. Raises NotFound."""
    id_ = feedback_by(view.connection, name)
    row = next(_rows(view, feedback.c.stream == id_), None)
    if row is None:
        raise NotFound(
            "feedback.unknown",
            "There is no feedback {feedback} on {day}.",
            feedback=id_,
            day=f"{view.at:%Y-%m-%d}",
        )
    replies = _of(view, id_, reply)
    effects = _of(view, id_, effect)
    told = _told(view, row)
    return {
        **told,
        "answers": row["answers"],
        "answered_by": [each["stream"] for each in _answers(view, id_)],
        "acknowledged": _moment(row["acknowledged_at"]),
        "replies": [
            {"by": each["by"], "date": moment(each["valid_from"]), "text": text_for(view, id_, each["digest"]).text}
            for each in replies
        ],
        "acted_on": [
            {"by": each["by"], "date": moment(each["valid_from"]), "what": each["what"], "ref": each["ref"]}
            for each in effects
        ],
        "retracted": _moment(row["retracted_at"]),
        "reason": row["retracted_because"],
        "explain": sorted({*_behind(row), *(each["source"] for each in (*replies, *effects))}),
    }


def feedback_balance(view: View) -> Iterator[Row]:
    """L28: how much each member who is there gave and received, by handle; groups where they received any.

    `appreciation` and `guidance` count what the member gave, `upward_share` is how much of that guidance went to
    somebody who then stood above a responsibility of theirs, `days_to_acknowledge` the median of what they received
    and acknowledged: None where there was none. What was taken back counts nowhere.
    """
    given: dict[str, list[RowMapping]] = {}
    received: dict[str, list[RowMapping]] = {}
    for row in _standing(view):
        given.setdefault(row["giver"], []).append(row)
        received.setdefault(row["to"], []).append(row)
    for member in _members(view):
        handle = member["member"]
        mine, theirs = given.get(handle, []), received.get(handle, [])
        if member["kind"] == "group" and not theirs:
            continue
        guidance = [row for row in mine if row["kind"] == "guidance"]
        upward = [row for row in guidance if _went_up(view, row)]
        days = [
            (moment(row["acknowledged_at"]) - moment(row["given_at"])).days
            for row in theirs
            if row["acknowledged_at"] is not None
        ]
        yield {
            "member": handle,
            "given": len(mine),
            "received": len(theirs),
            "appreciation": len(mine) - len(guidance),
            "guidance": len(guidance),
            "upward_share": round(len(upward) / len(guidance), 3) if guidance else None,
            "days_to_acknowledge": median(days) if days else None,
            "explain": sorted({each for row in (*mine, *theirs) for each in _behind(row)}) or [member["source"]],
        }


def feedback_quiet(view: View, days: int = 60) -> Iterator[Row]:
    """L29: the people whom nobody has shown appreciation in that many days, by handle.

    `decisions_since` counts the decisions they made since the last appreciation, or ever. Only what was given to the
    person counts, not what a group of theirs got.
    """
    received: dict[tuple[str, str], list[RowMapping]] = {}
    for row in _standing(view):
        received.setdefault((row["to"], row["kind"]), []).append(row)
    for member in _members(view):
        handle = member["member"]
        last, guided = (
            max(received.get((handle, kind), []), key=lambda row: (row["given_at"], row["source"]), default=None)
            for kind in ("appreciation", "guidance")
        )
        if member["kind"] != "person" or (last and view.at - moment(last["given_at"]) < timedelta(days=days)):
            continue
        yield {
            "member": handle,
            "last_appreciation": moment(last["given_at"]) if last else None,
            "last_guidance": moment(guided["given_at"]) if guided else None,
            "decisions_since": _decisions_since(view, handle, last["given_at"] if last else ""),
            "explain": sorted({each for row in (last, guided) if row for each in _behind(row)}) or [member["source"]],
        }


def feedback_effects(view: View) -> Iterator[Row]:
    """L30: what guidance led to, the earliest change first; `days` are those from the guidance to the change."""
    guidance = {row["stream"]: row for row in _rows(view, feedback.c.kind == "guidance")}
    query = select(effect).where(at(effect, view.at, view.known)).order_by(effect.c.valid_from, effect.c.id)
    for row in view.connection.execute(query).mappings():
        about = guidance.get(row["stream"])
        if about is None:
            continue
        acted = moment(row["valid_from"])
        yield {
            "feedback": row["stream"],
            "about": about_shown(view, about["about"]),
            "acted_on": acted,
            "what_changed": row["what"],
            "days": (acted - moment(about["given_at"])).days,
            "ref": None if row["ref"] is None else about_shown(view, row["ref"]),
            "by": row["by"],
            "giver": about["giver"],
            "explain": sorted({about["given_position"], row["source"]}),
        }


def feedback_id(view: View, name: str) -> str:
    """The whole id of the only feedback that begins so. Raises NotFound."""
    return feedback_by(view.connection, name)


def about_shown(view: View, about: str) -> str:
    """What it is about as people name it: the code of a responsibility, the handle of a member, else the id."""
    stream, slash, version = about.partition("/")
    name = code_of(view, stream) if stream.startswith("R-") else stream.removeprefix("member:")
    return f"{name}{slash}{version}"


def _told(view: View, row: RowMapping) -> Row:
    id_ = row["stream"]
    return {
        "feedback": id_,
        "date": moment(row["given_at"]),
        "kind": row["kind"] or "asked",
        "by": row["giver"],
        "to": row["to"],
        "about": about_shown(view, row["about"]),
        "visibility": row["visibility"],
        "status": _status(view, row),
        "text": None if row["digest"] is None else text_for(view, id_, row["digest"]).text,
        "explain": sorted(_behind(row)),
    }


def _behind(row: RowMapping) -> set[int]:
    """The entry by which it was given, and the last one that said something else of it."""
    return {row["given_position"], row["source"]}


def _status(view: View, row: RowMapping) -> str:
    if row["retracted_at"] is not None:
        return "retracted"
    if row["asked"]:
        return "answered" if _answers(view, row["stream"]) else "asked"
    if _of(view, row["stream"], effect):
        return "acted on"
    return "given" if row["acknowledged_at"] is None else "acknowledged"


def _rows(view: View, *only: ColumnElement[bool]) -> Iterator[RowMapping]:
    query = select(feedback).where(at(feedback, view.at, view.known), *only)
    yield from view.connection.execute(query.order_by(feedback.c.given_at, feedback.c.stream)).mappings()


def _standing(view: View) -> Iterator[RowMapping]:
    """What was given by the moment and not taken back by then."""
    yield from _rows(view, feedback.c.asked.is_(False), feedback.c.retracted_at.is_(None))


def _answers(view: View, id_: str) -> Sequence[RowMapping]:
    return list(_rows(view, feedback.c.answers == id_))


def _of(view: View, id_: str, table: Table) -> Sequence[RowMapping]:
    """The rows of a table about that feedback, in order of time."""
    query = select(table).where(table.c.stream == id_, at(table, view.at, view.known))
    return view.connection.execute(query.order_by(table.c.valid_from, table.c.id)).mappings().all()


def _members(view: View) -> Sequence[RowMapping]:
    query = select(presence.c.member, presence.c.kind, presence.c.source).where(at(presence, view.at, view.known))
    return view.connection.execute(query.order_by(presence.c.member)).mappings().all()


def _went_up(view: View, row: RowMapping) -> bool:
    """Whether its receiver, when it was given, stood above a responsibility that the giver held then."""
    then = at_moment(view, moment(row["given_at"]))
    return stands_above(then, responsibilities_of(then, row["giver"]), row["to"])


def _decisions_since(view: View, member: str, stamp: str) -> int:
    query = select(func.count()).where(
        at(decision, view.at, view.known), decision.c.by == member, decision.c.made_at > stamp
    )
    return int(view.connection.execute(query).scalar_one())


def _moment(stamp: str | None) -> object:
    return None if stamp is None else moment(stamp)
