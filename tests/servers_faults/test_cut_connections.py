"""Whether a commit whose answer never came has happened nobody can know, and it is recorded once all the same."""

from __future__ import annotations

import pytest
from cutting import Cut, Proxy

from ledger import Ledger, command
from ledger.errors import Unavailable
from tests.faults.faultkit import Place, keys_of, said_of, sound

ROUNDS = 9
DEFINE = {"do": "define", "by": "eva", "code": "bus", "title": "Buses", "key": "bus-define"}
ABOUT_COMMIT = (Cut.BEFORE_COMMIT, Cut.AT_COMMIT, Cut.AFTER_COMMIT)
TURNS = range(40)


@pytest.mark.parametrize("cut", ABOUT_COMMIT)
@pytest.mark.parametrize("keys", ["with keys", "without keys"])
def test_a_connection_cut_about_its_commit_ends_in_one_recording(
    place: Place, proxy: Proxy, far: Ledger, cut: Cut, keys: str
) -> None:
    acknowledged: list[str] = []
    proxy.cut = cut
    for number in range(ROUNDS):
        for key, fields in said_of("w", number):
            before = far.head()
            proxy.times = int(key.endswith("decide"))
            if keys == "without keys":
                del fields["key"]
            told = far.tell(command(fields))
            assert not told.again
            assert far.head() == before + len(told.entries)
            acknowledged += [key] if "key" in fields else []
    assert proxy.cuts == ROUNDS
    sound(place, acknowledged)


@pytest.mark.parametrize("cut", ABOUT_COMMIT)
def test_where_no_answer_comes_at_all_it_is_in_doubt_and_telling_it_again_by_its_key_ends_that(
    place: Place, proxy: Proxy, far: Ledger, cut: Cut
) -> None:
    before = far.catch_up()
    proxy.cut, proxy.times = cut, 100
    with pytest.raises(Unavailable) as caught:
        far.tell(command(DEFINE))
    assert caught.value.code == "store.in_doubt"
    proxy.times = 0
    recorded = {before, before + 1} if cut is Cut.AT_COMMIT else {before + (cut is Cut.AFTER_COMMIT)}
    assert far.head() in recorded
    far.tell(command(DEFINE))
    assert far.head() == before + 1
    assert far.tell(command(DEFINE)).again
    sound(place, ["bus-define"])


def test_a_connection_cut_in_the_middle_of_a_batch_leaves_nothing_of_it_and_then_it_is_recorded_once(
    place: Place, proxy: Proxy, far: Ledger
) -> None:
    def told() -> None:
        desk = far.begin()
        for number in TURNS:
            for _key, fields in said_of("w", number):
                desk.add(command(fields), "eva")
        desk.commit()

    before = far.head()
    proxy.cut, proxy.times = Cut.IN_COPY, 100
    with pytest.raises(Unavailable) as caught:
        told()
    assert caught.value.code == "store.lost"
    proxy.times = 0
    assert far.head() == before
    proxy.times, proxy.cuts = 1, 0
    told()
    assert (far.head(), proxy.cuts) == (before + 5 * len(TURNS), 1)
    sound(place, keys_of("w", TURNS))
