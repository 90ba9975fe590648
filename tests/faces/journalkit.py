"""Journals of commands written, imported and refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from faceskit import Person

if TYPE_CHECKING:
    from collections.abc import Iterable

ON = "2025-11-01T09:00:00Z"


def line(do: str = "member add", **fields: object) -> str:
    return json.dumps({"do": do, "by": "eva", "on": ON, **fields}, ensure_ascii=False)


def members(count: int, **more: Any) -> list[str]:  # noqa: ANN401 - the fields of a line
    return [line(handle=f"m{number}", **more) for number in range(count)]


def written(person: Person, lines: Iterable[str] | bytes, name: str = "j.jsonl") -> Path:
    path = person.folder / name
    path.write_bytes(lines if isinstance(lines, bytes) else "".join(f"{each}\n" for each in lines).encode())
    return path


def imported(person: Person, *more: str, code: int = 0) -> dict[str, Any]:
    result = person.say("import journal j.jsonl --json", *more)
    assert result.exit_code == code, result.output
    assert result.stderr == ""
    told = json.loads(result.stdout)
    assert set(told) == {"recorded", "again", "events", "refused"}
    return dict(told)


def refusals(person: Person, lines: Iterable[str] | bytes) -> list[tuple[int, str]]:
    """(line, code) of what is refused of a journal of which then nothing may be recorded."""
    head = person.head()
    written(person, lines)
    result = person.say("import journal j.jsonl --json")
    assert result.exit_code in {1, 2}, result.output
    told = json.loads(result.stdout)
    assert (told["recorded"], told["events"]) == (0, 0)
    assert person.head() == head
    plain = person.say("import journal j.jsonl")
    assert plain.exit_code == result.exit_code
    assert "Nothing was recorded" in plain.stderr
    assert all(f"line {each['line']}: {each['message']}" in plain.stderr for each in told["refused"][:20])
    return [(each["line"], each["code"]) for each in told["refused"]]
