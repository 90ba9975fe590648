"""Finding what somebody means: a code, a handle, an id or the beginning of one."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from sqlalchemy import select

from ledger.errors import NotFound
from ledger.projections.decisions import decision
from ledger.projections.feedback import feedback
from ledger.projections.goals import goal
from ledger.projections.members import presence
from ledger.projections.numbers import number
from ledger.projections.ownership import responsibility
from ledger.values import member_stream, series_stream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection, Table

    from ledger.asking.view import View

_NEAR = 5
_OFFERED = 200
_LISTED = {"decision": "decisions", "goal": "goals", "feedback": "feedback list"}
"""Which question lists what has an id that nobody remembers."""
_SERIES = series_stream("")


def responsibility_by(connection: Connection, name: str) -> str:
    """The id of the responsibility with that code, id, or only id that begins so. Raises NotFound."""
    if name.startswith("R-"):
        return _by_prefix(connection, responsibility, name)
    query = select(responsibility.c.stream).where(responsibility.c.code == name).limit(1)
    found = connection.execute(query).scalar()
    if found is None:
        raise _unknown(connection, "responsibility", name, responsibility.c.code)
    return str(found)


def decision_by(connection: Connection, name: str) -> str:
    """The id of the only decision whose id begins so, or that has that official number. Raises NotFound."""
    return _by_official(connection, name) or _by_prefix(connection, decision, name)


def goal_by(connection: Connection, name: str) -> str:
    """The id of the only goal whose id begins so. Raises NotFound."""
    return _by_prefix(connection, goal, name)


def feedback_by(connection: Connection, name: str) -> str:
    """The id of the only feedback whose id begins so. Raises NotFound."""
    return _by_prefix(connection, feedback, name)


def member_by(connection: Connection, handle: str) -> str:
    """The handle, which somebody has or had. Raises NotFound."""
    query = select(presence.c.member).where(presence.c.member == handle).limit(1)
    if connection.execute(query).scalar() is None:
        raise _unknown(connection, "member", handle, presence.c.member)
    return handle


def subject(connection: Connection, name: str) -> str:
    """The stream that a name means: `ledger`, a responsibility, a decision or a member. Raises NotFound."""
    if name == "ledger":
        return name
    if name.startswith("D-"):
        return decision_by(connection, name)
    if name.startswith("R-"):
        return responsibility_by(connection, name)
    if name.startswith("G-"):
        return goal_by(connection, name)
    if name.startswith("F-"):
        return feedback_by(connection, name)
    if name.startswith(_SERIES):
        return _series_by(connection, name)
    handle = name.removeprefix("member:")
    for find in (responsibility_by, member_by):
        try:
            found = find(connection, handle if find is member_by else name)
        except NotFound:
            continue
        return member_stream(found) if find is member_by else found
    if (numbered := _by_official(connection, name)) is not None:
        return numbered
    raise NotFound(
        "name.unknown",
        "There is no responsibility, member, decision or goal {name}.",
        hints=_near(connection, name),
        name=name,
    )


def decision_id(view: View, name: str) -> str:
    """The whole id of the only decision that begins so."""
    return decision_by(view.connection, name)


def subject_id(view: View, name: str) -> str:
    """The stream that a name means."""
    return subject(view.connection, name)


def goal_id(view: View, name: str) -> str:
    """The whole id of the only goal that begins so."""
    return goal_by(view.connection, name)


def alike(view: View, name: str) -> tuple[str, ...]:
    """Hints at codes and handles that look like a name that nothing has."""
    return _near(view.connection, name)


def completions(view: View, kind: str, beginning: str) -> list[tuple[str, str]]:
    """(value, title) of what begins so: a `code`, `handle`, `decision`, `type`, or any `id`."""
    last = beginning + "\x7f"

    def found(value: ColumnElement[str], title: ColumnElement[str]) -> list[tuple[str, str]]:
        query = select(value, title).where(value >= beginning, value < last).distinct().order_by(value).limit(_OFFERED)
        return [(str(name), str(text or "")) for name, text in view.connection.execute(query)]

    match kind:
        case "code":
            return found(responsibility.c.code, responsibility.c.title)
        case "handle":
            return found(presence.c.member, presence.c.kind)
        case "decision":
            return found(decision.c.stream, decision.c.title)
        case "goal":
            return found(goal.c.stream, goal.c.title)
        case "feedback":
            # Not what it says, which is not for everybody.
            return found(feedback.c.stream, feedback.c.kind)
        case "type":
            return found(decision.c.type, decision.c.type)
        case _:
            codes, handles = completions(view, "code", beginning), completions(view, "handle", beginning)
            others = [*completions(view, "decision", beginning), *completions(view, "goal", beginning)]
            others += completions(view, "feedback", beginning)
            return [*codes, *handles, *others]


def _by_official(connection: Connection, name: str) -> str | None:
    """What has, or last had, that official number; a number is given once, but what it is of may be put right."""
    query = (
        select(number.c.of).where(number.c.official == name).order_by(number.c.known_until.desc(), number.c.id.desc())
    )
    found = connection.execute(query.limit(1)).scalar()
    return None if found is None else str(found)


def _series_by(connection: Connection, name: str) -> str:
    """The stream of a register's numbers, by `number:` and its name. Raises NotFound."""
    query = select(number.c.stream).where(number.c.stream == name).limit(1)
    if connection.execute(query).scalar() is None:
        raise _unknown(connection, "register", name.removeprefix(_SERIES), number.c.series)
    return name


def _by_prefix(connection: Connection, table: Table, prefix: str) -> str:
    upper = prefix + "\x7f"
    query = select(table.c.stream).where(table.c.stream >= prefix, table.c.stream < upper).distinct()
    # Nothing at all begins every id, and names none, also where there is only one.
    named = len(prefix) >= len("D-")
    found = list(connection.execute(query.order_by(table.c.stream).limit(_NEAR + 1)).scalars()) if named else []
    if not found:
        hints = (f"tillit {_LISTED[table.name]}",) if table.name in _LISTED else ()
        raise NotFound("name.unknown", "There is no {what} {name}.", hints=hints, what=table.name, name=prefix)
    if len(found) > 1:
        raise NotFound(
            "name.ambiguous",
            "{name} begins several ids: {candidates}; write more of it.",
            name=prefix,
            candidates=", ".join(found[:_NEAR]) + (" …" if len(found) > _NEAR else ""),
        )
    return str(found[0])


def _unknown(connection: Connection, what: str, name: str, column: ColumnElement[str]) -> NotFound:
    near = _nearest(name, _alike(connection, name, column))
    hints = tuple(f"did you mean {each}?" for each in near)
    return NotFound("name.unknown", "There is no {what} {name}.", hints=hints, what=what, name=name)


def _near(connection: Connection, name: str) -> tuple[str, ...]:
    alike = {*_alike(connection, name, responsibility.c.code), *_alike(connection, name, presence.c.member)}
    return tuple(f"did you mean {each}?" for each in _nearest(name, sorted(alike)))


def _alike(connection: Connection, name: str, column: ColumnElement[str]) -> Sequence[str]:
    """Names that share the first letter, capital or not: what the index finds, however many there are."""
    first = name[:1].lower()
    query = select(column).where(column >= first, column < first + "\x7f").distinct().order_by(column).limit(10_000)
    return [str(each) for each in connection.execute(query).scalars()]


def _nearest(name: str, candidates: Sequence[str]) -> list[str]:
    return difflib.get_close_matches(name.lower(), candidates, n=3)
