"""Who stands behind what was decided: consents and their versions, objections, and conflicts of interest."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from ledger.aggregates.seats import people
from ledger.asking.matters import Matter, matters, spoke
from ledger.asking.names import decision_by
from ledger.asking.view import moment
from ledger.errors import NotFound
from ledger.projections.decisions import conflict, decision
from ledger.projections.members import presence
from ledger.projections.roads import objection, outlook, road, word
from ledger.projections.temporal import at, known_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.asking.view import View

    Row = dict[str, object]


def agreement(view: View, name: str) -> Iterator[Row]:
    """L26: how each who was asked for consent stands to it, in the order they were asked, then who joined since.

    `stance` is consented, stood aside, objected (it is open still), conflicted, earlier version (they consented to
    one that was changed since), silent, or not asked for who sits now in a group all of whom were asked then. `left`
    is true of who is no longer there. `unanimous` means that all who were asked and are not barred consented to this
    version. Raises NotFound for a decision that is not known at that moment.
    """
    matter = matter_of(view, name)
    found = [_stance(view, matter, who) for who in matter.consenters]
    joined = _joined(view, matter)
    asked = [row for row in found if row["stance"] != "conflicted"]
    shared: Row = {
        "unanimous": bool(asked) and all(row["stance"] == "consented" for row in asked),
        "review_on": _review_on(view, matter.id),
        "on_version": matter.version,
    }
    nothing = dict.fromkeys(("version", "when", "concern"))
    for row in found:
        yield {**row, **shared, "joined_since": False}
    for who in joined:
        explain = [matter.road["source"]] if matter.road else []
        fresh = {"member": who, "stance": "not asked", **nothing, "left": False, "explain": explain}
        yield {**fresh, **shared, "joined_since": True}


def consensus(view: View, *, broken: bool = False) -> Iterator[Row]:
    """A31: every decision made by consensus, the oldest first; with `broken` those that somebody's yes is missing from.

    Judged as of the moment it was made. `changed_in_between` counts the versions since the first consent.
    """
    query = select(decision.c.stream).where(
        at(decision, view.at, view.known), decision.c.process == "consensus", decision.c.made_at.is_not(None)
    )
    for decided in matters(view, query):
        then = replace(view, at=moment(decided.row["made_at"]))
        matter = matter_of(then, decided.id)
        consented = matter.consented()
        asked = [who for who in matter.consenters if who not in matter.barred]
        missing = [who for who in asked if not spoke(then, who, consented)]
        if broken and asked and not missing:
            continue
        first = min((each["version"] for each in matter.words if each["kind"] == "consent"), default=matter.version)
        yield {
            "decision": matter.id,
            "title": matter.row["title"],
            "made": then.at,
            "consenters_then": list(matter.consenters),
            "consented_on_final_version": [who for who in asked if who not in missing],
            "missing": missing,
            "conflicted": sorted(matter.barred & set(matter.consenters)),
            "changed_in_between": matter.version - first,
            "explain": [matter.row["made_position"], *(each["source"] for each in matter.words)],
        }


def objections(view: View, *, overridden: bool = False) -> Iterator[Row]:
    """A30: every objection, the oldest first; with `overridden` those that were open when it was decided.

    `state` is open or how it was met, at the moment; `state_when_decided` the same then, None where nothing is decided.
    """
    query = (
        select(objection, decision.c.title, decision.c.made_at, decision.c.made_position, decision.c.process)
        .join(decision, decision.c.stream == objection.c.stream)
        .where(at(objection, view.at, view.known), at(decision, view.at, view.known))
        .order_by(objection.c.raised_at, objection.c.stream, objection.c.number)
    )
    for row in view.connection.execute(query).mappings():
        made, met = row["made_at"], row["resolved_at"]
        then = None if made is None else "open" if met is None or met > made else row["how"]
        if overridden and then != "open":
            continue
        yield {
            "decision": row["stream"],
            "title": row["title"],
            "objection": row["number"],
            "by": row["by"],
            "raised": moment(row["raised_at"]),
            "kind": row["kind"],
            "argument": row["argument"],
            "state": "open" if met is None else row["how"],
            "state_when_decided": then,
            "process": row["process"],
            "resolved_by": row["resolved_by"],
            "explanation": row["explanation"],
            "explain": [row["source"], *([row["made_position"]] if made else [])],
        }


def conflicts(view: View) -> Iterator[Row]:
    """A8: every conflict of interest that was declared, the oldest first.

    `acted_after` is what the member still did in the matter: decided, consented, advised, stood aside or objected.
    """
    query = (
        select(conflict, decision.c.title, decision.c.made_at, decision.c.by, decision.c.made_position)
        .join(decision, decision.c.stream == conflict.c.stream)
        .where(at(conflict, view.at, view.known), at(decision, view.at, view.known))
        .order_by(conflict.c.valid_from, conflict.c.id)
    )
    for row in view.connection.execute(query).mappings().all():
        acts = _acts_after(view, row["stream"], row["member"], row["valid_from"])
        if row["by"] == row["member"] and row["made_at"] >= row["valid_from"]:
            acts.append(("decided", row["made_position"]))
        yield {
            "decision": row["stream"],
            "title": row["title"],
            "member": row["member"],
            "ground": row["ground"],
            "declared": moment(row["valid_from"]),
            "acted_after": [what for what, _source in acts],
            "who_decided_instead": row["by"] if row["by"] != row["member"] else None,
            "explain": [row["source"], *(source for _what, source in acts)],
        }


def matter_of(view: View, name: str) -> Matter:
    """The decision of that name with what was said of it. Raises NotFound."""
    id_ = decision_by(view.connection, name)
    found = matters(view, select(decision.c.stream).where(decision.c.stream == id_))
    if not found:
        raise NotFound("name.unknown", "There is no {what} {name} at that moment.", what="decision", name=id_)
    return found[0]


def _stance(view: View, matter: Matter, who: str) -> Row:
    said = matter.stances().get(who)
    words = [each for each in matter.words if who in {each["member"], each["acting_for"]}]
    earlier = next((each for each in reversed(words) if each["kind"] == "consent"), None)
    protest = next((each for each in matter.objections if each["by"] == who and each["resolved_at"] is None), None)
    barred = next((each for each in matter.conflicts if each["member"] == who), None)
    concerns = [each["text"] for each in words if each["kind"] in {"concern", "stood aside"} and each["text"]]
    if barred is not None:
        stance, behind = "conflicted", barred
    elif protest is not None:
        stance, behind = "objected", protest
        concerns.append(protest["argument"])
    elif said is not None:
        stance, behind = "consented" if said["kind"] == "consent" else "stood aside", said
    elif earlier is not None:
        stance, behind = "earlier version", earlier
    elif spoke(view, who, matter.consented()):
        # A group whose people spoke for themselves.
        stance, behind = "consented", None
    else:
        stance, behind = "silent", None
    return {
        "member": who,
        "stance": stance,
        "version": behind["version"] if behind is not None and "version" in behind else None,
        "when": moment(behind["valid_from"]) if behind is not None else None,
        "concern": "; ".join(concerns) or None,
        "left": not view.present(who),
        "explain": [behind["source"]] if behind is not None else [matter.road["source"]] if matter.road else [],
    }


def _joined(view: View, matter: Matter) -> list[str]:
    """Who sits at the moment in a group all of whose people were asked when the matter was opened, and was not."""
    asked = frozenset(matter.consenters)
    if not asked:
        return []
    first = select(func.min(road.c.valid_from)).where(road.c.stream == matter.id, known_at(road, view.known))
    opened = replace(view, at=moment(view.connection.execute(first).scalar_one()))
    groups = select(presence.c.member).where(presence.c.kind == "group", at(presence, view.at, view.known))
    fresh: set[str] = set()
    for group in view.connection.execute(groups).scalars().all():
        then = people(group, opened)
        if (len(then) > 1 and then <= asked) or group in asked:
            fresh |= people(group, view) - then - asked
    return sorted(fresh)


def _review_on(view: View, stream: str) -> str | None:
    query = select(outlook.c.review_on).where(outlook.c.stream == stream, at(outlook, view.at, view.known))
    return view.connection.execute(query).scalar()


def _acts_after(view: View, stream: str, member: str, stamp: str) -> list[tuple[str, int]]:
    """(what, source) of each word of the member's on the matter from that moment on."""
    words = select(word.c.kind, word.c.source).where(
        word.c.stream == stream, word.c.member == member, word.c.valid_from >= stamp, at(word, view.at, view.known)
    )
    raised = select(objection.c.source).where(
        objection.c.stream == stream,
        objection.c.by == member,
        objection.c.raised_at >= stamp,
        at(objection, view.at, view.known),
    )
    done = {"advice": "advised", "consent": "consented", "concern": "noted a concern", "stood aside": "stood aside"}
    found = [(done[kind], source) for kind, source in view.connection.execute(words.order_by(word.c.valid_from))]
    return [*found, *(("objected", source) for source in view.connection.execute(raised).scalars())]
