"""A writer that is killed leaves on the server all that it acknowledged, nothing half, and goes on where it was."""

from __future__ import annotations

import random
import time

from tests.faults.faultkit import Place, heard, running, sound, write

KILLS = 50


def test_a_writer_killed_at_fifty_points_says_it_again_and_everything_is_there_once(place: Place) -> None:
    chance = random.Random(5)  # noqa: S311 - where to kill is no secret
    acknowledged: list[str] = []
    for number in range(KILLS):
        # What was not acknowledged is said again, under its key; so is the rest of that turn.
        begin = len(set(acknowledged)) // 4
        with running(write, place, "w", range(begin, 10_000), 3) as (process, said):
            acknowledged += heard(said, chance.randint(0, 12))
            time.sleep(chance.random() * 0.03)
            process.kill()
            acknowledged += heard(said)
        if number % 25 == 24:
            sound(place, acknowledged)
    assert len(set(acknowledged)) > KILLS
