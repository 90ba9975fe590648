"""Random histories of what is said beside the owning: goals, roads to decisions, care, feedback, and connections."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from random_histories import (
    CODES,
    CORRECTING,
    MEMBERS,
    OPENING,
    PEOPLE,
    Teller,
    codes,
    later,
    members,
    step_of,
)
from viewkit import day

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from random_histories import Step

REGISTERS = ("KS-2025", "BN-2025")
TAG = "blue"
which = st.integers(0, 9)
people = st.sampled_from(PEOPLE)
everywhere = st.sampled_from(("root", *CODES))

_GOALS = (
    step_of("goal set", parent=st.none() | which, adopted_by=st.none() | which),
    step_of("goal reword", at=which, adopted_by=st.none() | which),
    step_of("goal move", at=which, parent=st.none() | which),
    *(step_of("goal note", at=which, confidence=st.sampled_from(["0.2", "0.9"])),) * 2,
    step_of("goal reach", at=which, evidence=st.just("counted")),
    step_of("goal drop", at=which),
    step_of("clarify", code=codes, aim=st.none() | which),
)
_ROADS = (
    step_of("decide", code=codes, aim=st.none() | which),
    step_of(
        "propose",
        code=everywhere,
        aim=st.none() | which,
        process=st.sampled_from(["consent", "consensus", "consensus", "advice"]),
        consenters=st.lists(people, min_size=1, max_size=2, unique=True),
    ),
    *(step_of("consent", at=which, version=st.sampled_from([1, 1, 1, 2])),) * 4,
    *(step_of("amend", at=which),) * 3,
    step_of("stand-aside", at=which),
    *(step_of("object", at=which, argument=st.just("no")),) * 2,
    *(
        step_of(
            "resolve",
            at=which,
            objection=st.sampled_from([1, 1, 2]),
            how=st.sampled_from(["integrated", "withdrawn", "withdrawn", "not_an_objection"]),
        ),
    )
    * 2,
    *(step_of("decide matter", at=which),) * 2,
    *(step_of(do, at=which) for do in ("withdraw", "declare-conflict", "call-in", "refer-up matter", "overrule")),
    *(step_of("review", at=which, verdict=st.sampled_from(["keep", "stop"])),) * 2,
)
_CARE = (
    step_of("grant", code=codes, to=members, taken=st.just("1"), check_in_every=st.sampled_from([None, "1d", "2d"])),
    *(step_of("check-in", code=codes, state=st.just("going_well"), next_on=st.none() | later),) * 2,
    *(step_of("ask-support", code=codes, what=st.just("a hand"), of=st.none() | members),) * 3,
    *(step_of("give-support", code=codes, what=st.just("two"), support=st.sampled_from([None, 1, 2])),) * 3,
    step_of("revoke", code=codes, effective=st.none() | later),
    step_of("member leave", handle=st.sampled_from(("anna", "bo"))),
)
_FEEDBACK = (
    step_of("feedback ask", of=members, about=which),
    *(
        step_of(
            "feedback give",
            to=members,
            about=which,
            kind=st.sampled_from(["appreciation", "guidance"]),
            visibility=st.sampled_from(["between", "line"]),
            answers=st.none() | which,
        ),
    )
    * 2,
    *(step_of("feedback acknowledge", at=which),) * 2,
    step_of("feedback reply", at=which, text=st.just("thanks")),
    step_of("feedback act", at=which, what=st.just("asked first")),
    step_of("feedback share", at=which, visibility=st.sampled_from(["line", "open"])),
    step_of("feedback retract", at=which),
)
_CONNECTIONS = (
    *(step_of("number", at=which, register=st.sampled_from(REGISTERS)),) * 3,
    step_of("attach", about=which, label=st.sampled_from(["map", "mail"])),
    step_of("tag", about=which),
)
_BEGINNING = (_GOALS[0], _ROADS[0], _ROADS[1], _ROADS[1], _CARE[0], _FEEDBACK[1])


SUBJECTS = {"goals": _GOALS, "roads": _ROADS, "care": _CARE, "feedback": _FEEDBACK, "connections": _CONNECTIONS}


@st.composite
def words(draw: st.DrawFn, subject: str, *, most: int = 26) -> list[Step]:
    """Most of what is said is about the subject."""
    crew: Step = {"do": "member add", "handle": MEMBERS[-1], "group": True, "acts": "each", "on": "1"}
    seat: Step = {"do": "member join", "group": MEMBERS[-1], "handle": "bo", "on": "1"}
    everything = [step for steps in SUBJECTS.values() for step in steps]
    # Not one_of, to which a step that is named twice is as likely as any other.
    kinds = st.integers(0, 9).flatmap(
        lambda chance: st.sampled_from(
            SUBJECTS[subject] if chance < 6 else everything if chance < 8 else CORRECTING
        ).flatmap(lambda step: step)
    )
    begun = [draw(each) for each in (*_BEGINNING, *SUBJECTS[subject][:6])]
    return [*OPENING, crew, seat, *begun, *draw(st.lists(kinds, min_size=14, max_size=most))]


@dataclass
class WordTeller(Teller):
    """Tells those steps too. A number picks one of what was begun, 0 the last, and speaks of it when it is there."""

    since: dict[str, datetime] = field(default_factory=dict)
    proposed: list[str] = field(default_factory=list)

    def _try(self, fields: Step, actors: list[str]) -> None:
        before = len(self.begun)
        super()._try(fields, actors)
        self.since |= dict.fromkeys(self.begun[before:], fields["on"])
        self.proposed += self.begun[before:] if fields["do"] == "propose" else []

    def _commands(self, step: Step) -> Iterator[Step]:
        do: str = step["do"]
        if do.startswith("goal "):
            yield from self._about_goals(step)
        elif do in {"feedback ask", "feedback give"}:
            yield from self._said(step)
        elif do.startswith("feedback "):
            yield from self._on(step, "feedback", self.streams("F-"))
        elif do in {"review", "number"}:
            yield from self._on(step, "decision", self.decisions)
        elif do in {"amend", "consent", "stand-aside", "object", "resolve", "withdraw"}:
            yield from self._on(step, "decision", self.proposed)
        elif do in {"attach", "tag"}:
            yield from self._connected(step)
        elif do in {"clarify", "propose"} or (do == "decide" and "aim" in step):
            yield from self._aimed(step)
        elif do == "grant" and step.get("check_in_every") is not None:
            terms = {"check_in_every": step["check_in_every"], "on": day(step["on"])}
            yield {"do": "offer", "code": step["code"], "to": step["to"], **terms}
            yield {"do": "accept", "code": step["code"], "on": day(step["on"])}
        elif do in {"check-in", "ask-support", "give-support"}:
            yield self._dated(step)
        else:
            step.pop("check_in_every", None)
            yield from super()._commands(step)

    @staticmethod
    def _picked(begun: list[str], place: int | None) -> str | None:
        return None if place is None or not begun else begun[-1 - place % len(begun)]

    @staticmethod
    def _dated(step: Step, **fields: Any) -> Step:  # noqa: ANN401 - a command's fields
        found = {name: value for name, value in {**step, **fields}.items() if value is not None}
        found.pop("actors", None)
        found["on"] = day(found["on"])
        if "next_on" in found:
            found["next_on"] = f"{day(step['next_on']):%Y-%m-%d}"
        return found

    def _on(self, step: Step, what: str, begun: list[str]) -> Iterator[Step]:
        id_ = self._picked(begun, step.pop("at"))
        if id_ is None:
            return
        more: Step = {what: id_, "reason": "so it is", "on": max(day(step["on"]), self.since[id_])}
        if step["do"] == "amend":
            more["amount"] = str(next(self._titles))
        elif step["do"] == "resolve":
            more["explanation"] = "it is not so"
        elif step["do"] == "review":
            more |= {"happened": "it", "outcome": "better", "process": "sound", "learned": "much"}
        yield self._dated(step, **more)

    def _about_goals(self, step: Step) -> Iterator[Step]:
        do = step["do"]
        more: Step = {}
        if do != "goal set":
            more["goal"] = self._picked(self.streams("G-"), step.pop("at"))
            if more["goal"] is None:
                return
            more["on"] = max(day(step["on"]), self.since[more["goal"]])
        if "adopted_by" in step:
            more["adopted_by"] = self._picked(self.decisions, step["adopted_by"])
            more["title"] = f"goal {next(self._titles)}"
        if "parent" in step:
            more["parent"] = self._picked(self.streams("G-"), step["parent"])
        if do == "goal note":
            more["note"] = "so"
        yield self._dated(step, **more, reason="so it is")

    def _said(self, step: Step) -> Iterator[Step]:
        about = self._picked(self.decisions, step["about"]) or "member:bo"
        more: Step = {"about": about}
        if step["do"] == "feedback give":
            more |= {"text": "words", "answers": self._picked(self.streams("F-"), step["answers"])}
        yield self._dated(step, **more)

    def _connected(self, step: Step) -> Iterator[Step]:
        begun = [each for each in self.begun if each[:2] in {"D-", "R-", "G-"}]
        about = begun[step.pop("about") % len(begun)]
        more = {"tags": [TAG]} if step["do"] == "tag" else {"uri": f"file:{next(self._titles)}"}
        yield self._dated(step, stream=about, **more)

    def _aimed(self, step: Step) -> Iterator[Step]:
        """Beside a goal that is set, each aims at words of its own, so that no two lists of goals are the same."""
        number = next(self._titles)
        goal = self._picked(self.streams("G-"), step.pop("aim", None))
        more: Step = {"goals": [f"aim {number}", *([goal] if goal else [])]}
        if step["do"] != "clarify":
            more |= {"title": f"matter {number}", "in": step.pop("code"), "type": "spend", "reason": "so it is"}
            more |= {"options": ["yes"]} if step["do"] == "propose" else {"outside_mandate": True}
            if step.get("process") == "advice":
                more["consenters"] = []
        yield self._dated(step, **{"reason": "so it is", **more})
