"""Followers among writers of other processes, and on a server that goes away and comes back: no gap, no other order."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from followkit import Place, Running, positions

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers import Server

AT_LEAST = 100


def begun_at(running: Running) -> int:
    """The position after which a follower says that it begins."""
    word = running.word()
    assert word.startswith("Each entry after position "), word
    return int(word.split()[4].rstrip(","))


def test_of_a_hundred_entries_and_more_written_while_followers_begin_none_is_lost(place: Place) -> None:
    """Everybody writes until everybody has begun, however long that takes."""
    before = place.head()
    with ExitStack() as stack:
        writers = [stack.enter_context(place.writer(f"w{number}-", 1000)) for number in range(3)]
        followers = [stack.enter_context(place.running("follow")) for _ in range(3)]
        everything = stack.enter_context(place.running("follow", "--since", str(before)))
        begun: list[int] = []
        turns = 0
        while len(begun) < len(followers) or turns * len(writers) < AT_LEAST:
            if len(begun) < len(followers) and not followers[len(begun)].silent():
                begun.append(begun_at(followers[len(begun)]))
            for writer in writers:
                writer.go()
            turns += 1
        for writer in writers:
            writer.done()
        last = place.add("last")
        assert last == before + turns * len(writers) + 1
        for start, follower in zip([before, *begun], [everything, *followers], strict=True):
            assert positions(follower.rows_to(last)) == list(range(start + 1, last + 1))
        assert [follower.end()[0] for follower in followers] == [0] * len(followers)


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
