"""Whoever brings the views up to the log may die on the way, or be one of several: every entry is applied once."""

from __future__ import annotations

import random
import time
from contextlib import ExitStack

import pytest
from faultkit import Place, follow, imported, keys_of, sound, write

from tests.processes import heard, running

TURNS = range(300)


@pytest.fixture
def told(place: Place) -> list[str]:
    """Fifteen hundred entries, of which no view knows."""
    return imported(place, "w", TURNS)


def test_one_that_is_killed_again_and_again_goes_on_from_the_last_batch_that_was_whole(
    place: Place, told: list[str]
) -> None:
    chance = random.Random(3)  # noqa: S311 - when to kill is no secret
    reached, kills = 0, 0
    while reached < 5 * len(TURNS):
        with running(follow, place, 30) as (process, said):
            positions = heard(said, chance.randint(1, 3))
            time.sleep(chance.random() * 0.02)
            process.kill()
            positions += heard(said)
        assert positions == sorted(positions)
        assert reached < min(positions, default=reached + 1)
        reached = max(positions, default=reached)
        kills += 1
    assert kills > 10
    sound(place, told)


def test_three_at_once_apply_each_entry_once_though_one_of_them_is_killed_and_others_write(
    place: Place, told: list[str]
) -> None:
    with ExitStack() as stack:
        followers = [stack.enter_context(running(follow, place, batch)) for batch in (4, 7, 9)]
        _writer, said = stack.enter_context(running(write, place, "v", range(10), 2))
        victim, spoke = followers[0]
        spoke.recv()
        victim.kill()
        for process, positions in followers[1:]:
            assert heard(positions)[-1] >= 5 * len(TURNS)
            process.join()
            assert process.exitcode == 0
        assert heard(said) == keys_of("v", range(10))
    sound(place, [*told, *keys_of("v", range(10))])
