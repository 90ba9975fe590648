"""What was said beside the owning is answered at every past position and moment as plain Python works it out."""

from __future__ import annotations

import itertools
import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import event, given, note
from hypothesis import strategies as st
from oracle_deciding import Deciding
from oracle_lines import Lines
from oracle_owning import Owning
from oracle_roads import Roads
from oracle_saying import Saying
from random_histories import MOMENTS, PRELUDE, bounded, told
from random_words import SUBJECTS, TAG, WordTeller, words
from viewkit import only

from ledger import Chosen, Filters, questions
from ledger.asking.view import View

if TYPE_CHECKING:
    from datetime import datetime


_GOAL = (
    "goal",
    "status",
    "title",
    "shared",
    "confidence",
    "parent",
    "adopted_by",
    "responsibilities",
    "holders",
    "decisions_90_d",
)
_OBJECTION = ("decision", "objection", "by", "raised", "kind", "state", "state_when_decided")
_TAKEN = ("unit", "made", "called_in", "overruled", "referred_up", "revoked")
_NUMBER = ("register", "number", "state", "of", "assigned", "by")
_CHECK_IN = ("code", "holder", "agreed_every", "last", "state", "next_on", "days_over")
_SUPPORT = ("code", "support", "by", "of", "asked", "waits", "given", "given_by")
_FEEDBACK = ("feedback", "date", "kind", "by", "to", "visibility", "status")


class Oracle:
    """The answers as they must be, known at a position."""

    def __init__(self, lines: Lines) -> None:
        owning = Owning(lines)
        deciding = Deciding(lines, owning)
        self.roads = Roads(lines, owning, deciding)
        self.saying = Saying(lines, owning, deciding)

    def answers(self, t: datetime) -> dict[str, Any]:
        asked = {each.matter.id for each in self.roads.roads.values() if each.consenters and each.matter.opened <= t}
        return {
            "goals": self.saying.goals(t),
            "objections": self.roads.objections(t),
            "learned": self.roads.learned(t),
            "taken_back": self.roads.taken_back(t),
            "numbers": self.saying.numbers(t),
            "evidence": self.saying.evidence(t),
            "tagged": self.saying.tagged(TAG, t),
            "check_ins": self.saying.check_ins(t),
            "supports": self.saying.supports(t),
            "feedbacks": self.saying.feedbacks(t),
            **{f"agreement {id_}": self.roads.agreement(id_, t) for id_ in asked},
        }


def _answers(view: View, wanted: dict[str, Any]) -> dict[str, Any]:
    def rows(question: Any, *names: str, **how: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401 - any question
        # What a row says nothing about is not in it.
        return [tuple(row.get(name) for name in names) for row in question(view, **how)]

    learned = (
        (*row[:2], sorted(row[2]), row[3]) for row in rows(questions.learned, "decision", "reviewed", "by", "verdict")
    )
    return {
        "goals": sorted(rows(questions.goals, *_GOAL, coverage=True), key=str),
        "objections": sorted(rows(questions.objections, *_OBJECTION)),
        "learned": sorted(learned),
        "taken_back": sorted(rows(questions.taken_back, *_TAKEN, by_unit=True)),
        "numbers": rows(questions.numbers, *_NUMBER),
        "evidence": sorted(rows(questions.evidence, "of", "uri", "label", "linked", "linked_by")),
        "tagged": {row["decision"] for row in questions.decisions(view, Filters(tag=TAG))},
        "check_ins": rows(questions.check_ins, *_CHECK_IN),
        "supports": sorted(rows(questions.supports, *_SUPPORT), key=str),
        "feedbacks": sorted(rows(questions.feedbacks, *_FEEDBACK, chosen=Chosen())),
        **{name: _stances(view, name.partition(" ")[2]) for name in wanted if name.startswith("agreement ")},
    }


def _stances(view: View, decision: str) -> list[tuple[Any, ...]]:
    return only([row for row in questions.agreement(view, decision) if not row["joined_since"]], "member", "stance")


def _reach(answers: dict[str, Any]) -> None:
    for name, found in answers.items():
        kind = name.partition(" ")[0]
        for row in found:
            state = {"goals": 1, "objections": 5, "numbers": 2, "supports": 5, "feedbacks": 6, "agreement": 1}.get(kind)
            event(f"{kind}: {'some' if state is None else row[state]}")


@pytest.mark.parametrize("subject", SUBJECTS)
@bounded(8)
@given(data=st.data())
def test_every_answer_about_what_was_said_is_what_the_log_says_at_every_position_and_moment(
    subject: str, data: st.DataObject
) -> None:
    teller = told(data.draw(words(subject)), kind=WordTeller)
    town = teller.town
    try:
        rows = town.ask(questions.log, None)
        town.ledger.catch_up()
        wanted: dict[str, Any] = {}
        turns = itertools.cycle(MOMENTS)
        for position in range(town.founded + PRELUDE, town.ledger.head() + 1):
            lines = Lines.known_at(rows, position)
            oracle = Oracle(lines)
            if lines.contradictions:
                assert lines.corrected, lines.contradictions
                event("a correction made the history contradict itself")
                continue
            # Two moments at each turn, all of them at the last position.
            for t in MOMENTS if position == town.ledger.head() else (next(turns), next(turns)):
                wanted = oracle.answers(t)
                with town.ledger._views._reading() as connection:
                    answers = _answers(View(connection, town.ledger._views.log, t, position), wanted)
                if answers != wanted:
                    for row in rows:
                        what = json.dumps(row["data"], default=str, ensure_ascii=False)[:300]
                        note(f"{row['position']} {row['id']} {row['event']} {row['occurred']:%dT%H} {what}")
                for name, answer in answers.items():
                    assert answer == wanted[name], f"{name} as of {t} as known at {position}"
        _reach(wanted)
        if lines.corrected:
            event("corrected")
    finally:
        town.ledger.close()
        shutil.rmtree(town.path.parent)
