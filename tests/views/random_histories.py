"""Random histories of commands in a tiny world: three people, one group, three codes below the root, four days."""

from __future__ import annotations

import itertools
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, event, settings
from hypothesis import strategies as st
from viewkit import Town, day

from ledger import command, questions
from ledger.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    Step = dict[str, Any]

PEOPLE = ("eva", "anna", "bo")
GROUP = "crew"
MEMBERS = (*PEOPLE, GROUP)
CODES = ("norr", "vagn", "sida")
NOW = "5"
PRELUDE = 11  # entries
TIMES = tuple(f"{number}T{hour}" for number, hour in itertools.product((1, 2, 3, 4), (0, 12)))
MOMENTS: tuple[datetime, ...] = tuple(day(each) for each in (*TIMES, "5", "6"))


moments = st.sampled_from(TIMES)
later = st.sampled_from(["2", "3", "4", "5", "6"])
codes = st.sampled_from(CODES)
members = st.sampled_from(MEMBERS)
actors = st.permutations(PEOPLE)
amounts = st.sampled_from([None, "100", "500"])


def step_of(do: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Step]:
    return st.fixed_dictionaries({"do": st.just(do), "on": moments, "actors": actors, **fields})


_OWNING = (
    step_of(
        "grant", code=codes, to=members, amount=amounts, until=st.none() | later, since=st.none() | later, taken=moments
    ),
    step_of("grant", code=codes, to=members, amount=amounts, taken=st.just("1")),
    step_of("grant", code=codes, to=members, amount=amounts, taken=st.just("1")),
    step_of("offer", code=codes, to=members, amount=amounts, until=st.none() | later),
    step_of("accept", code=codes),
    step_of("decline", code=codes),
    step_of("withdraw-offer", code=codes),
    step_of(
        "change-mandate", code=codes, amount=amounts, until=st.none() | later, level=st.sampled_from([None, 3, 4, 5])
    ),
    step_of("stand-in", code=codes, member=members, **{"from": later, "until": st.sampled_from(["4", "5", "6", "7"])}),
    step_of("end-stand-in", code=codes, member=members),
    step_of("renew", code=codes, until=st.none() | later),
    step_of("revoke", code=codes, effective=st.none() | later),
    step_of("hand-back", code=codes, effective=st.none() | later, lacking=st.just("capacity")),
    step_of("complete", code=codes, summary=st.just("done")),
    step_of("move", code=codes, parent=st.sampled_from(("root", *CODES))),
    step_of("define", code=codes, parent=st.sampled_from(("root", *CODES))),
    step_of("retire", code=codes),
    step_of("clarify", code=codes),
    step_of("member leave", handle=st.sampled_from(("anna", "bo", GROUP))),
    step_of("member return", handle=st.sampled_from(("anna", "bo", GROUP))),
    step_of("member join", group=st.just(GROUP), handle=st.sampled_from(PEOPLE), until=st.none() | later),
    step_of("member part", group=st.just(GROUP), handle=st.sampled_from(PEOPLE)),
    step_of("away", **{"from": later, "until": st.sampled_from(["4", "5", "6", "7"])}),
)
_DECIDING = (
    step_of("decide", code=codes, amount=amounts, supersedes=st.booleans(), part=st.booleans(), at=st.integers(0, 9)),
    step_of("decide", code=codes, amount=amounts, supersedes=st.just(False), part=st.just(False), at=st.just(0)),
    step_of("refer-up", code=codes, amount=amounts),
    *(
        step_of(do, at=st.integers(0, 9))
        for do in ("decide matter", "refer-up matter", "call-in", "reverse", "overrule", "ratify", "declare-conflict")
    ),
)
CORRECTING = (
    step_of(
        "correct", at=st.integers(0, 99), what=st.integers(0, 9), to=moments, amount=st.sampled_from(["100", "300"])
    ),
    step_of("annul", at=st.integers(0, 99)),
)
OPENING: tuple[Step, ...] = (
    {"do": "member add", "handle": "anna", "on": "1"},
    {"do": "member add", "handle": "bo", "on": "1"},
    {"do": "define", "code": "norr", "title": "norr", "on": "1"},
    {"do": "grant", "code": "norr", "to": "anna", "amount": "500", "on": "1", "taken": "1", "actors": ["eva", "anna"]},
    {"do": "define", "code": "vagn", "parent": "norr", "on": "1"},
    {"do": "grant", "code": "vagn", "to": "bo", "on": "1", "taken": "1T12", "actors": ["anna", "bo"]},
    {"do": "define", "code": "sida", "on": "1T12"},
)


@st.composite
def histories(draw: st.DrawFn, *, deciding: bool = True, correcting: bool = True, most: int = 18) -> list[Step]:
    acts = draw(st.sampled_from(["each", "together"]))
    crew: Step = {"do": "member add", "handle": GROUP, "group": True, "acts": acts, "on": "1"}
    kinds = st.one_of(
        *_OWNING,
        *(_DECIDING * 3 if deciding else ()),
        *(CORRECTING * 2 if correcting else ()),
    )
    seat: Step = {"do": "member join", "group": GROUP, "handle": "bo", "on": "1"}
    matters = [draw(each) for each in _DECIDING[:3]] if deciding else []
    return [*OPENING, crew, seat, *matters, *draw(st.lists(kinds, min_size=8, max_size=most))]


@dataclass
class Teller:
    """Tells steps to a town; each by the first of its actors from whom the ledger takes it."""

    town: Town
    begun: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    _titles: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def decisions(self) -> list[str]:
        return self.streams("D-")

    def streams(self, prefix: str) -> list[str]:
        """What was begun, in order, whose name begins so."""
        return [stream for stream in self.begun if stream.startswith(prefix)]

    def tell(self, step: Step) -> None:
        for fields in self._commands(dict(step)):
            self._try(fields, step.get("actors", ["eva"]))

    def _try(self, fields: Step, actors: list[str]) -> None:
        last = ""
        for by in actors:
            for others in ((), tuple(who for who in actors if who != by)):
                try:
                    told = self.town.ledger.tell(command({**fields, "by": by, "with": list(others)}))
                except Refused as refused:
                    last = refused.code
                else:
                    self.told.append(fields["do"])
                    self.begun += [each.stream for each in told.entries if each.version == 1]
                    return
        self.refused[fields["do"]] = last

    def _commands(self, step: Step) -> Iterator[Step]:
        do = step["do"]
        step.pop("actors", None)
        step = {name: value for name, value in step.items() if value is not None}
        for name in ("on", "from", "until", "effective"):
            if name in step:
                step[name] = day(step[name])
        if do == "grant":
            terms = {name: step[name] for name in ("amount", "until") if name in step}
            if "since" in step:
                terms["from"] = day(step["since"])
            yield {"do": "offer", "code": step["code"], "to": step["to"], "on": step["on"], **terms}
            yield {"do": "accept", "code": step["code"], "on": max(step["on"], day(step["taken"]))}
        elif do in {"correct", "annul"}:
            yield from self._correction(step)
        elif do in {"decide", "refer-up"}:
            yield from self._opening(step)
        elif "at" in step:
            if self.decisions:
                place = step.pop("at") % len(self.decisions)
                extra = {"outside_mandate": True} if do == "decide matter" else {}
                yield {**step, "decision": self.decisions[place], "reason": "so it is", **extra}
        elif do in {"define", "clarify"}:
            # Each title is said once only: an earlier one that is told later would go on over an equal one after it.
            yield {**step, "title": f"title {next(self._titles)}"}
        elif do == "change-mandate":
            inherit = [] if "amount" in step or "level" in step else ["amount"]
            yield {**step, "inherit": inherit, "agreed_by": list(PEOPLE), "reason": "so it is"}
        elif do.startswith("member ") or do in {"offer", "accept", "withdraw-offer", "away"}:
            yield step
        else:
            yield {**step, "reason": "so it is"}

    def _opening(self, step: Step) -> Iterator[Step]:
        fields = {"title": f"matter {next(self._titles)}", "in": step["code"], "type": "spend", "on": step["on"]}
        if "amount" in step:
            fields["amount"] = step["amount"]
        if step["do"] == "decide":
            fields["outside_mandate"] = True
            if step["supersedes"] and self.decisions:
                fields["supersedes"] = [self.decisions[step["at"] % len(self.decisions)]]
                if step["part"]:
                    fields["part"] = "the half"
        yield {"do": step["do"], **fields, "reason": "so it is"}

    def _correction(self, step: Step) -> Iterator[Step]:
        """Of any entry but those of the founding and the prelude; a field that the entry has, picked by number."""
        rows = [row for row in self.town.ask(questions.log, None) if row["position"] > self.town.founded + PRELUDE]
        if not rows:
            return
        row = rows[step["at"] % len(rows)]
        version = int(row["id"].rpartition("/")[2])
        fields = {"stream": row["subject"], "version": version, "on": step["on"], "reason": "so it was not"}
        if step["do"] == "annul":
            yield {"do": "annul", **fields}
            return
        right: list[tuple[str, object]] = [("occurred_at", day(step["to"]).isoformat())]
        data = row["data"]
        right += [
            (name, day(step["to"]).isoformat())
            for name in ("since", "until", "last_day", "from_day", "effective")
            if name in data
        ]
        right += (
            [("on", day(step["to"]).isoformat())] if row["event"] in {"group.parted.v1", "stand_in.ended.v1"} else []
        )
        right += [("mandate.amount", step["amount"])] if row["event"] == "delegation.offered.v1" else []
        right += [("after.amount", step["amount"])] if row["event"] == "mandate.changed.v1" else []
        right += [("title", f"title {next(self._titles)}")] if "title" in data else []
        right += [("to", "bo")] if row["event"] == "delegation.offered.v1" else []
        name, after = right[step["what"] % len(right)]
        yield {"do": "correct", "field": name, "after": after, **fields}


def told(steps: list[Step], folder: Path | None = None, profile: str = "tillit", kind: type[Teller] = Teller) -> Teller:
    """The history in a new file; all of it recorded on one later day, in the order of the list."""
    place = folder or Path(tempfile.mkdtemp(prefix="tillit-views-"))
    teller = kind(Town(place, now=NOW, profile=profile))
    for step in steps:
        teller.tell(step)
    for do in sorted(set(teller.told)):
        event(f"told {do}")
    for do, rule in sorted(teller.refused.items()):
        event(f"refused {do}: {rule}")
    return teller


def bounded(examples: int) -> settings:
    """As many histories, the same at every run; a failure is shown as it was found, since shrinking takes minutes."""
    return settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
    )
