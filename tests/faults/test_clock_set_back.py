"""A clock that is set back by an hour takes no recorded time back with it, and whoever records is told."""

from __future__ import annotations

import json
from contextlib import ExitStack
from itertools import pairwise
from typing import TYPE_CHECKING

from faultkit import Place, sound, tillit, write

from ledger import opening
from ledger.store import open_record
from tests.processes import heard, running

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

SET_BACK = """
from datetime import timedelta
import cli.days, ledger.opening
right = cli.days.now
cli.days.now = ledger.opening._now = lambda: right() - timedelta(hours=1)
"""


def recorded_at(place: Place) -> list[str]:
    with open_record(place.address) as record:
        return [leaf.recorded_at.isoformat() for leaf in record.log()]


def test_a_command_is_recorded_at_the_time_of_the_entry_before_and_says_that_the_clock_is_behind(place: Place) -> None:
    before = recorded_at(place)
    said = tillit(place, "define norr --title North --key norr-define", program=SET_BACK)
    assert said.returncode == 0, said.stderr
    assert "The clock here is 0:5" in said.stderr
    assert "behind the last entry; set it right" in said.stderr
    assert recorded_at(place) == [*before, before[-1]]
    watched = json.loads(tillit(place, "stats --json", program=SET_BACK).stdout)
    assert 3_000 < watched["clock_behind"] <= 3_600
    said = tillit(place, "define syd --title South --key syd-define")
    assert "clock" not in said.stderr
    assert recorded_at(place)[-1] > before[-1]
    assert json.loads(tillit(place, "stats --json").stdout)["clock_behind"] == 0
    sound(place, ["norr-define", "syd-define"])


def write_an_hour_ago(place: Place, name: str, turns: range, said: Connection) -> None:
    from datetime import timedelta

    right = opening._now
    opening._now = lambda: right() - timedelta(hours=1)
    write(place, name, turns, 0, said)


def test_recorded_time_never_goes_back_where_one_of_two_writers_is_an_hour_behind(place: Place) -> None:
    with ExitStack() as stack:
        said = [
            stack.enter_context(running(write, place, "now", range(15), 0))[1],
            stack.enter_context(running(write_an_hour_ago, place, "then", range(15)))[1],
        ]
        acknowledged = [key for each in said for key in heard(each)]
    assert len(acknowledged) == 2 * 15 * 4
    assert all(one <= next_ for one, next_ in pairwise(recorded_at(place)))
    sound(place, acknowledged)
