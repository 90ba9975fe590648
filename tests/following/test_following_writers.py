"""Followers among writers of other processes, and on a server that goes away and comes back: no gap, no other order."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from followkit import Place, Running, positions

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers import Server

WRITERS = 4
EACH = 25


def begun_at(running: Running) -> int:
    """The position after which a follower says that it begins."""
    word = running.word()
    assert word.startswith("Each entry after position "), word
    return int(word.split()[4].rstrip(","))


def test_of_a_hundred_entries_written_while_it_begins_none_is_lost(place: Place) -> None:
    with place.open() as opened:
        before = opened.head()
    with ExitStack() as stack:
        writers = [stack.enter_context(place.writer(f"w{number}-", EACH)) for number in range(WRITERS)]
        followers: list[Running] = []
        # One follower begins among each few entries, and none waits until another has begun.
        for _ in range(EACH):
            for writer in writers:
                writer.go()
            if len(followers) < WRITERS:
                followers.append(stack.enter_context(place.running("follow")))
        everything = stack.enter_context(place.running("follow", "--since", str(before)))
        for writer in writers:
            writer.done()
        head = before + WRITERS * EACH
        last = place.add("last")
        assert last == head + 1
        assert positions(everything.rows_to(last)) == list(range(before + 1, last + 1))
        for follower in followers:
            begun = begun_at(follower)
            # Whoever begins after the last entry sees those that come then.
            assert positions(follower.rows_to(last) if begun < last else []) == list(range(begun + 1, last + 1))
        assert [follower.end()[0] for follower in followers] == [0] * WRITERS


def test_many_who_begin_while_others_write_all_see_the_rest_without_a_gap(place: Place) -> None:
    """Everybody writes until everybody has begun, however long that takes."""
    with ExitStack() as stack:
        writers = [stack.enter_context(place.writer(f"w{number}-", 1000)) for number in range(2)]
        followers = [stack.enter_context(place.running("follow")) for _ in range(3)]
        begun: list[int] = []
        for follower in followers:
            while follower.silent():
                for writer in writers:
                    writer.go()
            begun.append(begun_at(follower))
        for writer in writers:
            writer.go(5)
            writer.done()
        last = place.add("last")
        for start, follower in zip(begun, followers, strict=True):
            assert positions(follower.rows_to(last)) == list(range(start + 1, last + 1))


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_a_server_that_is_started_again_is_followed_on(own_server: Server, tmp_path: Path, how: str) -> None:
    place = Place(own_server.database(), tmp_path / "settings").found()
    with place.running("follow", "--since", "0") as running:
        head = place.add("anna", "bo")
        seen = positions(running.rows_to(head))
        for number in range(2):
            getattr(own_server, how)()
            own_server.start()
            last = place.add(*(f"m{number}-{each}" for each in range(10)))
            seen += positions(running.rows_to(last))
        assert seen == list(range(1, last + 1))
        assert running.end()[0] == 0


def test_it_can_be_ended_while_the_server_is_away(own_server: Server, tmp_path: Path) -> None:
    place = Place(own_server.database(), tmp_path / "settings").found()
    with place.running("follow", "--since", "0") as running:
        running.rows_to(place.add("anna"))
        own_server.stop()
        assert running.end()[0] == 0
