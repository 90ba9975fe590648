"""At every past position and moment, the answers equal those worked out in plain Python from the log."""

from __future__ import annotations

import itertools
import json
import shutil
from typing import TYPE_CHECKING, Any

from hypothesis import event, given, note
from oracle_deciding import Deciding
from oracle_lines import ENDLESS, Lines
from oracle_owning import Owning
from random_histories import MEMBERS, MOMENTS, PRELUDE, bounded, histories, told
from viewkit import only

from ledger import Filters, questions
from ledger.asking.view import View

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from random_histories import Step

_OWNED = ("code", "title", "parent", "holder", "level", "since", "until")
_VACANT = ("code", "vacant_since", "last_holder", "cause", "answers")
_HELD = ("code", "holder", "acting_for", "level", "amount", "since")
_DECIDED = ("status", "responsibility", "by", "acting_for", "as", "verdict", "date")


def _answers(view: View, handles: Sequence[str]) -> dict[str, Any]:
    owned = list(questions.who_owns(view))
    answers: dict[str, Any] = {
        "who_owns": [
            (*row, sorted((each["stand_in"] or "").split()))
            for row, each in zip(only(owned, *_OWNED), owned, strict=True)
        ],
        "vacant": only(list(questions.vacant(view)), *_VACANT),
        "offers": sorted(only(list(questions.offers(view)), "since", "code", "to", "by")),
    }
    for handle in handles:
        rows = only(list(questions.holds(view, handle)), *_HELD)
        answers[f"holds {handle}"] = sorted(rows, key=lambda row: (row[0], row[2] or ""))
    for still_open in (False, True):
        rows = list(questions.decisions(view, Filters(open=still_open)))
        answers[f"decisions {still_open}"] = {
            row["decision"]: found for row, found in zip(rows, only(rows, *_DECIDED), strict=True)
        }
    return answers


def _wanted(owning: Owning, deciding: Deciding, t: datetime) -> dict[str, Any]:
    wanted: dict[str, Any] = {"who_owns": owning.who_owns(t), "vacant": owning.vacant(t), "offers": owning.offers(t)}
    wanted |= {f"holds {handle}": owning.holds(handle, t) for handle in MEMBERS}
    return wanted | {
        f"decisions {still_open}": deciding.decisions(t, still_open=still_open) for still_open in (False, True)
    }


def _reach(owning: Owning, deciding: Deciding, t: datetime) -> None:
    for area in owning.there(t):
        grant = owning.held(area, t)
        if grant is None:
            continue
        event("held by a group" if owning.people[grant.to].group else "held by a person")
        if owning.stand_ins(grant, t):
            event("with a stand-in")
        if owning.ends(grant) < ENDLESS:
            event(f"with an end ahead: {grant.cause}")
    for row in owning.vacant(t):
        event(f"vacant: {row[3]}")
    for row in deciding.decisions(t, still_open=False).values():
        event(f"decision {row[0]}, {row[5]}, as {row[4]}")


def _every_answer_is_the_oracles(steps: list[Step]) -> None:
    teller = told(steps)
    town = teller.town
    try:
        rows = town.ask(questions.log, None)
        town.ledger.catch_up()
        turns = itertools.cycle(MEMBERS)
        for position in range(town.founded + PRELUDE, town.ledger.head() + 1):
            lines = Lines.known_at(rows, position)
            owning = Owning(lines)
            deciding = Deciding(lines, owning)
            if lines.contradictions:
                assert lines.corrected, lines.contradictions
                event("a correction made the history contradict itself")
                continue
            for t in MOMENTS:
                # One member's holdings at each turn, everybody's at the last position.
                handles = MEMBERS if position == town.ledger.head() else (next(turns),)
                with town.ledger._views._reading() as connection:
                    answers = _answers(View(connection, town.ledger._views.log, t, position), handles)
                wanted = _wanted(owning, deciding, t)
                if answers != wanted:
                    for row in rows:
                        what = json.dumps(row["data"], default=str, ensure_ascii=False)[:300]
                        note(f"{row['position']} {row['id']} {row['event']} {row['occurred']:%dT%H} {what}")
                for name, answer in answers.items():
                    assert answer == wanted[name], f"{name} as of {t} as known at {position}"
        _reach(owning, deciding, MOMENTS[-3])
        if lines.corrected:
            event("corrected")
    finally:
        town.ledger.close()
        shutil.rmtree(town.path.parent)


@bounded(8)
@given(steps=histories(deciding=False, correcting=False))
def test_who_owns_what_is_what_the_log_says_at_every_position_and_moment(steps: list[Step]) -> None:
    _every_answer_is_the_oracles(steps)


@bounded(15)
@given(steps=histories())
def test_every_answer_is_what_the_log_says_at_every_position_and_moment(steps: list[Step]) -> None:
    _every_answer_is_the_oracles(steps)
