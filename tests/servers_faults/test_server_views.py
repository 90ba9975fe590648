"""The views on a server, under projectors that race and die, and under hands that drop and scribble."""

from __future__ import annotations

import random
import time

import pytest
from hearing import Heard, askers

from ledger import Ledger, questions
from tests.faults.faultkit import Place, follow, imported, sound
from tests.processes import heard, running
from tests.servers import Server

TURNS = range(20)
KILLS = 5
SCRIBBLES = [
    "UPDATE views.holding SET holder = 'mallory'",
    "DELETE FROM views.holding",
    "UPDATE views.holding SET known_until = 3",
    "UPDATE views.progress SET position = position - 1",
]
LOSSES = [
    "DROP TABLE views.holding CASCADE",
    "DROP TABLE views.progress",
    "TRUNCATE views.progress",
    "UPDATE views.progress SET position = 1000000",
    "ALTER TABLE views.holding DROP COLUMN holder CASCADE",
    """DO $$ DECLARE name text; BEGIN FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'views'
    LOOP EXECUTE 'DROP TABLE views.' || name || ' CASCADE'; END LOOP; END $$""",
]


@pytest.fixture(scope="module")
def place(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(server.database(), tmp_path_factory.mktemp("settings")).found()


@pytest.fixture(scope="module")
def keys(place: Place) -> list[str]:
    return imported(place, "w", TURNS)


@pytest.fixture
def unseen(server: Server, place: Place, keys: list[str]) -> list[str]:
    """What was told, none of which is in the views."""
    _do(server, place, LOSSES[-1])
    return keys


def test_two_projectors_at_once_apply_each_entry_once(place: Place, unseen: list[str]) -> None:
    with running(follow, place, 3) as (_a, one), running(follow, place, 3) as (_b, other):
        ends = [heard(said)[-1] for said in (one, other)]
    with place.open() as ledger:
        assert ends == [ledger.head()] * 2
    sound(place, unseen)


def test_a_projector_killed_at_any_point_leaves_nothing_half_and_another_goes_on(
    place: Place, unseen: list[str]
) -> None:
    chance = random.Random(5)  # noqa: S311 - where to kill is no secret
    reached = 0
    for _ in range(KILLS):
        with running(follow, place, 3) as (process, said):
            positions = heard(said, 1)
            time.sleep(chance.random() * 0.05)
            process.kill()
            positions += heard(said)
        assert positions == sorted(positions)
        assert positions[0] > reached
        reached = positions[-1]
    sound(place, unseen)


@pytest.mark.parametrize("loss", LOSSES)
def test_views_that_are_lost_while_they_are_in_use_are_built_anew(
    server: Server, place: Place, keys: list[str], loss: str
) -> None:
    with place.open() as ledger:
        assert _holder(ledger) == ["anna"]
        _do(server, place, loss)
        assert _holder(ledger) == ["anna"]
    sound(place, keys)


@pytest.mark.parametrize("scribble", SCRIBBLES)
def test_what_is_scribbled_into_the_views_is_found_by_verify_and_mended_by_a_rebuild(
    server: Server, place: Place, keys: list[str], scribble: str
) -> None:
    with place.open() as ledger:
        ledger.catch_up()
        _do(server, place, scribble)
        assert not ledger.verify().whole
        ledger.rebuild()
        assert _holder(ledger) == ["anna"]
    sound(place, keys)


def test_whoever_asks_while_the_views_are_built_anew_is_answered_rightly_or_told_to_wait(
    place: Place, keys: list[str]
) -> None:
    with place.open() as ledger:
        wanted = _owned(ledger)
        with askers(place, 2) as asking:
            asking.more(1)
            for _ in range(4):
                ledger.rebuild()
            asking.more(2)
    assert _answers(asking) == [wanted]
    assert {said for said in asking.all if isinstance(said, str)} <= {"views.building"}
    sound(place, keys)


def _answers(asking: Heard) -> list[list[tuple[str, str | None]]]:
    answers: list[list[tuple[str, str | None]]] = []
    for said in asking.all:
        if not isinstance(said, str) and said[2] not in answers:
            answers.append(said[2])
    return answers


def _owned(ledger: Ledger) -> list[tuple[object, object]]:
    with ledger.ask(questions.who_owns, None, None) as answer:
        return [(row["code"], row["holder"]) for row in answer.value]


def _holder(ledger: Ledger) -> list[object]:
    with ledger.ask(questions.who_owns, None, None, "w-3") as answer:
        return [row["holder"] for row in answer.value]


def _do(server: Server, place: Place, statement: str) -> None:
    server.ask(statement, place.address.partition("@/")[2].partition("?")[0])
