"""Answers in rows: as a table to look at, or as the tab-separated lines, JSON, CSV or Markdown that programs read."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from itertools import chain
from typing import TYPE_CHECKING, Final

from cli import show
from cli.days import said
from cli.escape import csv_cell, json_safe, markdown_cell, shown
from cli.words import _, plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from cli.call import Asking, Writing

    Row = Mapping[str, object]

FORMATS: Final = ("table", "json", "jsonl", "csv", "md")
_FOR_PROGRAMS: Final = {"json", "jsonl"}
_INSTANT: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2}):[0-9]{2}\.[0-9]{6}Z")


def answer(rows: Iterable[Row], asking: Asking, *, nothing: str, known: int | None = None) -> None:
    """Shows rows in the form asked for, one at a time so that a long answer needs no memory (a drawn table does).

    `nothing` is the sentence for no rows. `known` is the ledger position up to which the answer was worked out.
    """
    waiting = iter(rows)
    first = next(waiting, None)
    if first is None:
        if asking.format == "json":
            show.data("[]")
        # A day that was said is said back, so that a slip is seen.
        said_back = asking.as_of is not None or asking.known_at is not None
        show.say(f"{nothing} ({_moment(asking, known)})" if said_back else nothing)
        return
    count = _writer(asking)(chain((first,), waiting), asking.columns)
    if asking.format not in _FOR_PROGRAMS:
        show.say(_closing(count, asking, known))


def answer_one(row: Row, asking: Asking) -> None:
    """Shows an answer that is always exactly one: an object in JSON, a field a line where people read it."""
    if asking.format in _FOR_PROGRAMS:
        show.data(json_text(_picked(row, asking.columns)))
    elif asking.format == "table" and show.on_terminal():
        width = max(len(_heading(name)) for name in asking.columns)
        for name in asking.columns:
            show.data(f"{_heading(name):{width}}  {shown(_for_people(row.get(name)))}")
    else:
        _writer(asking)(iter((row,)), asking.columns)


def recorded(facts: Row, writing: Writing, sentence: str, then: str = "") -> None:
    """Shows what is so after a writing command: `facts` to a program, else the sentence and what comes next."""
    if writing.json:
        show.data(json_text(dict(facts)))
        return
    show.data(shown(sentence))
    if writing.on is not None:
        show.say(_("on {day}").format(day=said(writing.on)))
    if then:
        show.say(then)


def json_text(value: object) -> str:
    """JSON on one line, as UTF-8 wherever stdout can carry it, with hostile characters escaped."""
    return json_safe(json.dumps(value, ensure_ascii=not show.unicode_out(), allow_nan=False, default=_as_json))


def _as_json(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    if isinstance(value, date) or type(value).__name__ == "Decimal":
        return str(value)
    message = f"{type(value).__name__} has no place in an answer"
    raise TypeError(message)


def _picked(row: Row, columns: Sequence[str]) -> dict[str, object]:
    return {name: row.get(name) for name in columns}


def _closing(count: int, asking: Asking, known: int | None) -> str:
    return ", ".join((plural("{count} row", "{count} rows", count).format(count=count), _moment(asking, known)))


def _moment(asking: Asking, known: int | None) -> str:
    parts = [_("as of {day}").format(day=said(asking.day))]
    upto = asking.known_at if known is None else known
    if upto is not None:
        parts.append(_("known at {moment}").format(moment=said(upto) if isinstance(upto, datetime) else upto))
    return ", ".join(parts)


def _writer(asking: Asking) -> Callable[[Iterator[Row], Sequence[str]], int]:
    if asking.format != "table":
        return {"json": _json, "jsonl": _jsonl, "csv": _csv, "md": _markdown}[asking.format]
    # FORCE_COLOR alone must not change what a program reads; with the table asked for by name it may.
    drawn = show.on_terminal() or (asking.format_named and show.forced())
    return _drawn if drawn else _tabs


def _json(rows: Iterator[Row], columns: Sequence[str]) -> int:
    count = 0
    line = ""
    for row in rows:
        if count:
            show.data(f"{line},")
        line = ("[" if not count else " ") + json_text(_picked(row, columns))
        count += 1
    show.data(f"{line}]")
    return count


def _jsonl(rows: Iterator[Row], columns: Sequence[str]) -> int:
    return _lines(rows, lambda row: json_text(_picked(row, columns)))


def _tabs(rows: Iterator[Row], columns: Sequence[str]) -> int:
    show.data("\t".join(columns))
    return _lines(rows, lambda row: "\t".join(shown(_for_programs(row.get(name))) for name in columns))


def _csv(rows: Iterator[Row], columns: Sequence[str]) -> int:
    import csv  # noqa: PLC0415 - one form of five
    import io  # noqa: PLC0415 - one form of five

    def line(cells: Iterable[str]) -> str:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerow(cells)
        return text.getvalue().removesuffix("\n")

    def cell(value: object) -> str:
        text = _for_programs(value)
        # A number may begin with a minus; a text that looks like one may not.
        return csv_cell(text) if isinstance(value, str | list | tuple | dict) else text

    show.data(line(columns))
    return _lines(rows, lambda row: line(cell(row.get(name)) for name in columns))


def _markdown(rows: Iterator[Row], columns: Sequence[str]) -> int:
    def line(cells: Iterable[str]) -> str:
        return f"| {' | '.join(cells)} |"

    show.data(line(markdown_cell(_heading(name)) for name in columns))
    show.data(line("---" for _name in columns))
    return _lines(rows, lambda row: line(markdown_cell(_for_people(row.get(name))) for name in columns))


def _lines(rows: Iterator[Row], line: Callable[[Row], str]) -> int:
    count = 0
    for row in rows:
        show.data(line(row))
        count += 1
    return count


def _drawn(rows: Iterator[Row], columns: Sequence[str]) -> int:
    from cli.drawing import draw  # noqa: PLC0415 - rich and its needs are for a terminal only

    cells = [[shown(_for_people(row.get(name))) for name in columns] for row in rows]
    draw({name: _heading(name) for name in columns}, cells)
    return len(cells)


def _heading(column: str) -> str:
    return _(column.replace("_", " "))


def _for_people(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        value = _as_json(value)
    if isinstance(value, str) and (instant := _INSTANT.fullmatch(value)):
        day, clock = instant.groups()
        return day if value.endswith("T00:00:00.000000Z") else f"{day} {clock}"
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(_for_people(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_for_people(item)}" for name, item in value.items())
    return "" if value is None else str(value)


def _for_programs(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple) and all(isinstance(item, str) and "," not in item for item in value):
        return ",".join(value)
    return "" if value is None else json.dumps(value, ensure_ascii=False, default=_as_json).strip('"')
