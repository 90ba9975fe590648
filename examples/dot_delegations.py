"""Turns 49 CFR 1.21 to 1.27, by which the US Secretary of Transportation delegates powers, into a journal.

tillit init "US Department of Transportation" --founder secretary --on 2025-01-24
python examples/dot_delegations.py CORPUS > journal.jsonl
tillit import journal journal.jsonl
tillit can general-counsel 1.27/h
"""

# The corpus names offices and no persons: each office is a post (`post:general-counsel`) with one occupant of the same
# name, who acts for it. A paragraph is a decision type, 1.27(h) is `1.27/h`. What an officer is given is one
# responsibility, but for the powers that need another officer or may not be redelegated: conditions and `further`
# belong to a mandate, so each of those is a responsibility of its own. A redelegated power is the power it was taken
# from, found by likeness of the words, for the text does not say. 1.38(a)(2) is in, though it stands after 1.27: it is
# the only power in the corpus "without power of redelegation".

from __future__ import annotations

import argparse
import json
import re
import sys
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    Row = dict[str, Any]

UNSAID: Final = (
    "1.21(a): powers vested by law in others than the Secretary; here all authority leads back to the root.",
    "1.21(b): a reservation against subparts C and D alone; here it is from all below, so it is not the root that",
    "    reserves but a responsibility made for it, which nobody holds and the Administrators lie under.",
    "1.21(b)(2)(ii): reserved 'except with the prior written approval of the Secretary'; no consent opens it.",
    "1.23: 'except where specifically limited by law, order, regulations, or instructions'; the Deputy has it all.",
    "1.23 and 1.27(h): the Deputy needs no concurrence where the General Counsel does; a condition binds no type.",
    "1.25(i), 1.25(i)(2), 1.27(h): 'except …'; a mandate lists what is given and takes nothing out of it again.",
    "1.25(j), 1.27(o): 'in coordination with' is more than advice and less than consent; it is written as consult.",
    "1.25a(a)(1)(i): redelegation to officials within one's own Office; a mandate says how far, but not to whom.",
    "1.25a(a)(1)(ii): a duty to publish redelegations; it is a text, for no condition binds the act of delegating.",
    "1.25a(a)(4) and (b)(5), (a)(7) and (8): parts of one power; they share its type, and only their texts differ.",
    "1.25a(a)(8): redelegated without the coordination that 1.25(m) asks for; a child keeps what binds its parent.",
    "1.26: 'final authority within the Department'; here whoever is above may overrule.",
    "1.27(h): the consent of the Department of Justice; who is outside the ledger can be no condition.",
    "1.27(v): a power that begins whenever the Deputy is absent, like succession to an office; a stand-in has days.",
)

ON: Final = "2025-01-24T09:00:00Z"  # the day the text was taken: the corpus has no history
ROOT: Final = "root"
SECRETARY: Final = "Secretary of Transportation"
ADMINISTRATIONS: Final = "operating-administrations"
WITHOUT_DUTY: Final = 7
ALIKE: Final = 0.35
_MODELLED: Final = re.compile(r"1\.2[1-7][a-z]?")
_SMALL_WORDS: Final = {"of", "the", "and", "for"}
_NEEDED: Final = {
    "consult": re.compile(r"in (?:consultation and )?coordination with (.+?)(?:, (?:to )?carry|\.)", re.IGNORECASE),
    "consent": re.compile(r"subject to the concurrence of (.+?)\."),
}
_ADMINISTRATOR: Final = re.compile(r"the ((?:[A-Z]\w+ )+Administrator) under § (\d+\.\d+)")
_ONLY_POWER: Final = re.compile(r"The (.+) is delegated authority to (.+)")


@dataclass(frozen=True, slots=True)
class Power:
    """One paragraph."""

    section: str
    path: tuple[str, ...]
    kind: str
    delegator: str
    delegate: str
    text: str
    leaf: bool = True
    redelegable: bool = True

    @property
    def citation(self) -> str:
        return self.section + "".join(f"({step})" for step in self.path)

    @property
    def type(self) -> str:
        return "/".join((self.section, *self.path)).lower()


@dataclass(slots=True)
class Grant:
    """What one officer is given in one mandate; `types` None is all that the delegator may."""

    code: str
    title: str
    parent: str
    delegator: str
    delegate: str
    types: list[str] | None = field(default_factory=list[str])
    needed: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    further: int | None = None
    duties: list[str] = field(default_factory=list[str])


def office(name: str) -> str:
    """The short name: `under-secretary-policy` for the Under Secretary of Transportation for Policy."""
    words = re.findall(r"[a-z]+", name.replace(" of Transportation", "").lower())
    return "-".join(word for word in words if word not in _SMALL_WORDS)


def post(name: str) -> str:
    return f"post:{office(name)}"


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def powers(corpus: Path) -> list[Power]:
    """The paragraphs that are modelled, and the sections that give one power and so have no paragraphs."""
    rows = read(corpus / "powers.jsonl")
    found = [_power(row) for row in rows if _MODELLED.fullmatch(row["section"]) or row["redelegation"] == "forbidden"]
    split = {row["section"] for row in rows}
    for section in read(corpus / "sections.jsonl"):
        number = section["section"]
        given = _ONLY_POWER.match(section["intro"])
        if given and _MODELLED.fullmatch(number) and number not in split:
            found.append(Power(number, (), "delegation", SECRETARY, given[1], given[2]))
    if len({each.citation.lower() for each in found}) < len(found):
        message = "two paragraphs share a citation, and so would share a type"
        raise ValueError(message)
    return found


def _power(row: Row) -> Power:
    return Power(
        section=row["section"],
        path=tuple(re.findall(r"\((\w+)\)", row["para"])),
        kind=row["kind"],
        delegator=row["delegator"] or "",
        delegate=row["delegate"] or "",
        text=row["text"],
        leaf=not row["has_subparagraphs"],
        redelegable=row["redelegation"] != "forbidden",
    )


class Offices:
    """The offices of the corpus, under the names by which its text calls them."""

    def __init__(self, names: Iterable[str]) -> None:
        self._called = {alias: name for name in names for alias in _aliases(name)}

    def named_in(self, text: str) -> list[str]:
        """The offices that a text names, in order; a long name is not also the short one inside it."""
        places: list[tuple[int, str]] = []
        for alias in sorted(self._called, key=len, reverse=True):
            place = text.find(alias)
            if place >= 0:
                places.append((place, self._called[alias]))
                text = text.replace(alias, " " * len(alias))
        return [name for _place, name in sorted(places)]

    def needed(self, power: Power) -> list[tuple[str, str]]:
        """Whom the power needs: (kind of condition, office)."""
        clauses = [(kind, clause) for kind, pattern in _NEEDED.items() for clause in pattern.findall(power.text)]
        return [(kind, name) for kind, clause in clauses for name in self.named_in(clause)]


def _aliases(name: str) -> set[str]:
    """The full name, the part before its `of Transportation`, and the Office that a Director directs."""
    return {name, name.partition(" of Transportation")[0], name.removeprefix("Director of the ")}


def administrators(found: Iterable[Power]) -> dict[str, str]:
    """The Administrators that the text sends the reader to, and the section of their own powers."""
    return {name: section for power in found for name, section in _ADMINISTRATOR.findall(power.text)}


def grants(corpus: Path) -> list[Grant]:
    """Every mandate, parents first."""
    found = powers(corpus)
    names = [name for row in read(corpus / "powers.jsonl") for name in (row["delegator"], row["delegate"]) if name]
    offices = Offices([*names, *administrators(found)])
    headings = {row["section"]: row for row in read(corpus / "sections.jsonl")}
    made: dict[str, Grant] = {}
    for power in found:
        if power.leaf and power.kind == "delegation":
            grant = _grant(made, power, ROOT, offices)
            if "may exercise the authority of the Secretary" in headings[power.section]["intro"]:
                grant.types = None
            _add(grant, power, power.type)
    for power in found:
        if power.leaf and power.kind == "redelegation":
            origin = _origin(power, found)
            parent = _holding(made, origin) if origin else office(power.delegator)
            grant = _grant(made, power, parent, offices)
            _add(grant, power, origin.type if origin else None)
    for name, section in administrators(found).items():
        grant = Grant(office(name), name, ADMINISTRATIONS, SECRETARY, name, types=[f"{section}/*"])
        made[grant.code] = grant
    return list(made.values())


def _grant(made: dict[str, Grant], power: Power, parent: str, offices: Offices) -> Grant:
    """The mandate that the power belongs to: the officer's own, or one for it alone."""
    needed = offices.needed(power)
    main = office(power.delegate)
    alone = needed or not power.redelegable or parent not in {ROOT, office(power.delegator)}
    code = power.type.replace("/", ".") if alone else main
    title = f"49 CFR {power.citation}" if alone else power.delegate
    further = None if power.redelegable else 0
    new = Grant(code, title, parent, power.delegator, power.delegate, needed=needed, further=further)
    return made.setdefault(code, new)


def _add(grant: Grant, power: Power, decision_type: str | None) -> None:
    grant.duties.append(f"{power.citation} {power.text}")
    if decision_type and grant.types is not None:
        grant.types.append(decision_type)


def _origin(power: Power, found: Iterable[Power]) -> Power | None:
    """The delegator's own power of which this is a redelegation; None for what only tells how to redelegate."""
    words = power.text.lower().split()

    def likeness(other: Power) -> float:
        return SequenceMatcher(None, words, other.text.lower().split(), autojunk=False).ratio()

    own = [each for each in found if each.leaf and each.kind == "delegation" and each.delegate == power.delegator]
    best = max(own, key=likeness)
    return best if likeness(best) >= ALIKE else None


def _holding(made: dict[str, Grant], power: Power) -> str:
    return next(code for code, grant in made.items() if grant.types and power.type in grant.types)


def journal(corpus: Path) -> list[Row]:
    """The sections as the lines of a journal."""
    given = grants(corpus)
    lines = [*_members(given), *_hand_over(ROOT, SECRETARY, SECRETARY, {}), *_reservations(corpus)]
    for grant in given:
        lines += _delegation(grant)
    return [{**line, "on": ON, "key": f"dot:{number}"} for number, line in enumerate(lines, 1)]


def _members(given: Iterable[Grant]) -> list[Row]:
    secretary = office(SECRETARY)
    named = [
        name for grant in given for name in (grant.delegator, grant.delegate, *(who for _kind, who in grant.needed))
    ]
    lines: list[Row] = []
    for name in dict.fromkeys([SECRETARY, *named]):
        group: Row = {"handle": post(name), "name": name, "group": True, "acts": "each"}
        lines.append({"do": "member add", "by": secretary, **group})
        if name != SECRETARY:
            lines.append({"do": "member add", "by": secretary, "handle": office(name)})
        lines.append({"do": "member join", "by": secretary, "group": post(name), "handle": office(name)})
    return lines


def _reservations(corpus: Path) -> list[Row]:
    """What is reserved from the Operating Administrations, on the responsibility above them, which nobody holds."""
    kept = [each for each in powers(corpus) if each.kind == "reservation" and each.leaf and each.path[0] == "b"]
    reserving: Row = {
        "do": "define",
        "by": office(SECRETARY),
        "code": ADMINISTRATIONS,
        "title": "Operating Administrations",
        "duties": [f"{each.citation} {each.text}" for each in kept],
        "reserve": [each.type for each in kept],
        "legal_basis": "49 CFR 1.21(b)",
    }
    return [reserving]


def _delegation(grant: Grant) -> list[Row]:
    defining: Row = {
        "do": "define",
        "by": office(grant.delegator),
        "code": grant.code,
        "title": grant.title,
        "parent": grant.parent,
        "duties": grant.duties,
        "decides": grant.types or [],
    }
    terms: Row = {
        "types": grant.types,
        "conditions": [f"{kind}:{post(name)}" for kind, name in grant.needed],
        "further": grant.further,
    }
    return [defining, *_hand_over(grant.code, grant.delegator, grant.delegate, terms)]


def _hand_over(code: str, delegator: str, delegate: str, terms: Row) -> list[Row]:
    stated = {name: value for name, value in terms.items() if value not in (None, [])}
    return [
        {"do": "offer", "by": office(delegator), "code": code, "to": post(delegate), "level": WITHOUT_DUTY, **stated},
        {"do": "accept", "by": office(delegate), "code": code},
    ]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").partition("\n")[0],
        epilog="\n".join(("What a mandate cannot say:", *UNSAID)),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("corpus", type=Path, metavar="CORPUS", help="the folder with powers.jsonl and sections.jsonl")
    for line in journal(parser.parse_args().corpus):
        print(json.dumps(line, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
