"""Views that are harmed while others use them are never believed: each answer is right, or there is none."""

from __future__ import annotations

import os
import random
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from faultkit import Place, ask, imported, sound, write
from sqlalchemy import select

from ledger import questions
from ledger.errors import Unavailable
from ledger.projections.decisions import decision
from tests.processes import heard, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ledger import Ledger, View

PAGE = 4096
CHANCE = random.Random(4)  # noqa: S311 - what is scribbled is no secret
TURNS = range(20)
# What a question may be told instead of its answer, while somebody else throws the views away.
PASSING = {"views.renewed", "store.read_only"}


def views_of(place: Place) -> Path:
    return Path(place.address).with_name("views.db")


def delete(views: Path) -> None:
    views.unlink()


def delete_all(views: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        views.with_name(views.name + ending).unlink(missing_ok=True)


def truncate(views: Path) -> None:
    os.truncate(views, views.stat().st_size // 2)


def empty(views: Path) -> None:
    os.truncate(views, 0)


def scribble_on_the_beginning(views: Path) -> None:
    with views.open("r+b") as file:
        file.write(b"scribbled on " * 100)


def scribble_everywhere(views: Path) -> None:
    size = views.stat().st_size
    with views.open("r+b") as file:
        for _ in range(40):
            file.seek(CHANCE.randrange(max(size, 1)))
            file.write(CHANCE.randbytes(200))


HARMS = (delete, delete_all, truncate, empty, scribble_on_the_beginning, scribble_everywhere)


def owners(ledger: Ledger, *at: Any) -> list[tuple[object, object]]:  # noqa: ANN401 - a moment and a position, or neither
    with ledger.ask(questions.who_owns, *(at or (None, None))) as answer:
        return [(row["code"], row["holder"]) for row in answer.value]


@pytest.mark.parametrize("harm", HARMS)
def test_whoever_asks_while_views_are_harmed_again_and_again_is_told_what_is_so(
    place: Place, harm: Callable[[Path], None]
) -> None:
    told = imported(place, "a", TURNS)
    answers: list[Any] = []
    with ExitStack() as stack:
        askers = [stack.enter_context(running(ask, place))[1] for _ in range(2)]
        writer, said = stack.enter_context(running(write, place, "w", range(1_000), 1))
        for _ in range(3):
            for each in askers:
                answers += heard(each, 4)
            harm(views_of(place))
            with running(ask, place) as (_process, newcomer):
                answers += heard(newcomer, 2)
        # Nobody is left with views that are of no use any more.
        for each in askers:
            assert [answer for answer in heard(each, 30) if not isinstance(answer, str)]
        writer.kill()
        told += heard(said)
    assert {answer for answer in answers if isinstance(answer, str)} <= PASSING
    sound(place, told)
    with place.open() as ledger:
        for at, known, rows in [answer for answer in answers if not isinstance(answer, str)]:
            assert rows == owners(ledger, at, known)


def decided(ledger: Ledger) -> list[Any]:
    """An answer that is read row by row, as a long one is."""

    def in_rows(view: View) -> Iterator[Any]:
        yield from view.connection.execute(select(decision))

    with ledger.ask(in_rows, None, None) as answer:
        return list(answer.value)


@pytest.mark.parametrize("question", [owners, decided])
def test_no_page_of_the_views_is_believed_that_was_scribbled_on(
    place: Place, question: Callable[[Ledger], list[Any]]
) -> None:
    told = imported(place, "a", range(250))
    views = views_of(place)
    with place.open() as ledger:
        right = question(ledger)
    whole, renewed = views.read_bytes(), 0
    for page in range(0, len(whole) // PAGE, 3):
        with views.open("r+b") as file:
            file.seek(page * PAGE)
            file.write(CHANCE.randbytes(PAGE))
        with place.open() as ledger:
            try:
                assert question(ledger) == right
            except Unavailable:
                renewed += 1
                assert question(ledger) == right
        delete_all(views)
        views.write_bytes(whole)
    # Some of it had been read already where rows are not put in order first.
    assert bool(renewed) is (question is decided)
    sound(place, told)


def test_views_that_are_deleted_before_the_first_question_are_built_anew(place: Place) -> None:
    told = imported(place, "a", TURNS)
    with place.open() as ledger:
        right = owners(ledger)
    with place.open() as ledger:
        delete(views_of(place))
        assert owners(ledger) == right
    sound(place, told)
