"""A writer that is killed at any point leaves all that it acknowledged, nothing half, and goes on where it was."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

from faultkit import Place, head, journal, keys_of, killed_at_fifty_points, sound

from ledger import Journal
from tests.processes import heard, running

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


def test_a_writer_killed_at_fifty_points_says_it_again_and_everything_is_there_once(place: Place) -> None:
    killed_at_fifty_points(place)


def carry_out(place: Place, told: bytes, batch: int | None, said: Connection) -> None:
    with place.open() as ledger:
        said.send("begins")
        said.send(Journal(told.splitlines()).carry_out(ledger, "eva", batch=batch).recorded)


def test_an_import_killed_again_and_again_is_carried_out_once(place: Place) -> None:
    chance = random.Random(8)  # noqa: S311 - where to kill is no secret
    told, heads, done = journal("w", range(100)).encode(), [head(place)], False
    while not done:
        with running(carry_out, place, told, 20) as (process, said):
            said.recv()
            # Later and later, so that it comes to an end however slow the machine is.
            time.sleep(chance.random() * 0.03 * len(heads))
            process.kill()
            done = bool(heard(said))
        heads.append(head(place))
        # Twenty commands are five turns of five entries.
        assert (heads[-1] - heads[0]) % 25 == 0
    assert heads == sorted(heads)
    assert heads[-1] == heads[0] + 500
    assert len(heads) > 5
    sound(place, keys_of("w", range(100)))


def test_an_import_in_one_piece_that_is_killed_is_there_whole_or_not_at_all(place: Place) -> None:
    chance = random.Random(9)  # noqa: S311 - where to kill is no secret
    before, told, recorded, kills = head(place), journal("w", range(60)).encode(), 0, 0
    while not recorded:
        kills += 1
        with running(carry_out, place, told, None) as (process, said):
            said.recv()
            time.sleep(chance.random() * 0.1 * kills)
            process.kill()
            process.join()
            acknowledged = bool(heard(said))
        recorded = head(place) - before
        assert recorded == 300 if acknowledged else recorded in {0, 300}
    sound(place, keys_of("w", range(60)))
