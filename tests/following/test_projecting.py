"""Views that are kept in step, by one or by several, and on a server the signature that nobody else gives."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from followkit import Place, Running

from ledger.errors import Conflict, Unavailable
from ledger.following import Keeper
from ledger.store import open_record
from ledger.transparency.checkpoints import Checkpoint
from ledger.transparency.notes import Note

if TYPE_CHECKING:
    from collections.abc import Callable

    from ledger import Ledger
    from tests.servers import Server

SMALL = "import ledger.projections.projector as projector; projector.BATCH = 3"


def reached(place: Place) -> int:
    """How far the views have come; asking brings them no further."""
    with place.open() as opened:
        return opened._views.projector.position()


def signed(place: Place) -> int:
    with open_record(place.address) as record:
        note = record.note()
    return 0 if note is None else Checkpoint.parse(Note.parse(note).text).size


def whole(place: Place) -> bool:
    """Nothing is damaged, and the views say what views built anew would."""
    with place.open() as opened:
        return opened.verify().whole


def to_position(running: Running, position: int) -> list[int]:
    """The positions that a keeper tells of until that one."""
    return [row["position"] for row in running.rows_to(position)]


def test_said_alone_it_catches_up_once_and_says_to_where(place: Place) -> None:
    head = place.add("anna", "bo")
    assert reached(place) < head
    with place.running("project") as running:
        assert running.ended() == (0, [f"The views are at position {head}.\n"], [])
    assert reached(place) == head
    last = place.add("cia")
    with place.running("project", "--json") as running:
        assert running.row() == {"position": last}
        assert running.ended() == (0, [], [])
    assert whole(place)


def test_it_keeps_the_views_in_step_with_what_others_write(place: Place) -> None:
    with place.running("project", "--follow", "--json") as running, place.writer("w", 20) as writer:
        begun = running.row()["position"]
        writer.go(20)
        writer.done()
        told = to_position(running, begun + 20)
        assert told == sorted(set(told))
        assert reached(place) == begun + 20
        assert to_position(running, place.add("anna")) == [begun + 21]
        code, answers, words = running.end()
    assert (code, answers, words) == (0, [], [])
    assert whole(place)


def test_people_are_told_once_and_a_program_of_each_step(place: Place) -> None:
    with place.open() as opened:
        head = opened.head()
    with place.running("project", "--follow") as running:
        assert running.line().startswith(f"The views are at position {head}, and are kept")
        last = place.add("anna")
        while reached(place) < last:
            pass
        assert running.end() == (0, [], [])


def test_two_that_keep_the_same_views_harm_nothing(place: Place) -> None:
    words = ("project", "--follow", "--json")
    with (
        place.running(*words, before=SMALL) as one,
        place.running(*words, before=SMALL) as other,
        place.writer("w", 40) as writer,
    ):
        one.row()
        other.row()
        writer.go(40)
        writer.done()
        last = place.add("anna")
        assert {to_position(each, last)[-1] for each in (one, other)} == {last}
        assert [each.end() for each in (one, other)] == [(0, [], [])] * 2
    assert whole(place)


def test_views_that_are_built_anew_meanwhile_are_kept_on(place: Place) -> None:
    with place.running("project", "--follow", "--json") as running:
        running.row()
        for number in range(5):
            last = place.add(f"m{number}")
            with place.open() as opened:
                assert opened.rebuild() == last
            to_position(running, last)
        assert running.end()[0] == 0
    assert whole(place)


def test_views_that_somebody_throws_away_are_made_again(in_file: Place) -> None:
    views = Path(in_file.address).with_name("views.db")
    with in_file.running("project", "--follow", "--json") as running:
        running.row()
        for path in views.parent.glob("views.db*"):
            path.unlink()
        last = in_file.add("anna")
        to_position(running, last)
        assert reached(in_file) == last
        views.write_bytes(b"no views" * 1000)
        last = in_file.add("bo")
        to_position(running, last)
        assert running.end()[0] == 0
    assert reached(in_file) == last
    assert whole(in_file)


def test_a_server_that_is_started_again_finds_its_views_kept(own_server: Server, tmp_path: Path) -> None:
    place = Place(own_server.database(), tmp_path / "settings").found()
    with place.running("project", "--follow", "--json") as running:
        running.row()
        for number, how in enumerate((own_server.stop, own_server.kill)):
            how()
            own_server.start()
            last = place.add(f"m{number}")
            to_position(running, last)
            assert reached(place) == last
        assert running.end()[0] == 0
    assert whole(place)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_in_the_middle_it_finishes_the_batch_in_hand(in_file: Place, how: signal.Signals) -> None:
    in_file.add(*(f"m{number}" for number in range(60)))
    telling = f"{SMALL}\nadvance = projector.advance\n"
    telling += (
        "def tell(*words):\n    advance(*words)\n    print('{\"position\": 0}', flush=True)\nprojector.advance = tell"
    )
    with in_file.running("project", "--follow", "--json", before=telling) as running:
        running.row()
        code = running.end(how)[0]
    assert code == (0 if how == signal.SIGTERM else 1)
    assert reached(in_file) % 3 == 0 or reached(in_file) == in_file.head()
    assert reached(in_file)
    assert whole(in_file)


def test_on_a_server_it_signs_what_nobody_signed_and_in_a_file_nothing(place: Place) -> None:
    head = place.add("anna")
    before = signed(place)
    on_server = "://" in place.address
    assert before == (0 if on_server else head)
    with place.running("project", "--follow", "--json", "--sign-every", "1") as running:
        assert running.row() == {"position": head, "signed": head if on_server else None}
        last = place.add("bo")
        row = running.row()
        while on_server and row["signed"] != last:
            row = running.row()
        assert row["position"] == last
        assert running.end() == (0, [], [])
    assert signed(place) == last


def test_without_the_key_it_says_that_nothing_is_signed(on_server: Place, tmp_path: Path) -> None:
    with on_server.running("project", "--follow", settings=tmp_path / "elsewhere") as running:
        assert running.word().startswith("Nothing is signed: there is no key for this ledger here")
        assert running.line().startswith("The views are at position ")
        assert running.end() == (0, [], [])
    with on_server.running("project", "--follow", "--no-sign") as running:
        assert running.word().startswith("Nothing is signed")
        running.line()
    assert signed(on_server) == 0


def test_it_signs_again_only_when_the_time_has_passed_and_something_came(on_server: Place) -> None:
    now = 0.0
    with on_server.open() as opened:
        head = on_server.add("anna")
        keeper = Keeper(opened._recorder, opened.catch_up, lambda _seconds: False, 60, lambda: now)
        assert keeper.step() == (head, head)
        now = 59.0
        last = on_server.add("bo")
        assert keeper.step() == (last, None)
        assert keeper.step() == (last, None)
        now = 60.0
        assert keeper.step() == (last, last)
        now = 1000.0
        assert keeper.step() == (last, None)
        last = on_server.add("cia")
        opened.notary.checkpoint()
        assert keeper.step() == (last, None)
    assert signed(on_server) == last


def test_a_signature_that_got_lost_with_the_connection_is_given_again(
    on_server: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_server.open() as opened, opened.keep(60) as keeper:
        monkeypatch.setattr(opened._recorder, "seal", failing(Unavailable("store.lost", "")))
        assert keeper.step() == (opened.head(), None)
        monkeypatch.setattr(opened._recorder, "seal", failing(Unavailable("store.full", "")))
        with pytest.raises(Unavailable):
            keeper.step()
        monkeypatch.undo()
        assert keeper.step() == (opened.head(), opened.head())


def failing(error: Exception) -> Callable[[], bytes]:
    def fail() -> bytes:
        raise error

    return fail


def test_a_log_that_goes_on_under_another_name_is_not_kept_under_the_old(place: Place) -> None:
    with place.open() as opened, opened.keep(60) as keeper:
        keeper.step()
        name = renamed(place)
        with pytest.raises(Conflict) as conflict:
            keeper.step()
        assert (conflict.value.code, conflict.value.facts["origin"]) == ("log.renamed", name)
        with pytest.raises(Conflict):
            opened._recorder.seal()
    assert whole(place)


def renamed(place: Place) -> str:
    with place.open() as opened:
        return opened.begin_anew("eva", "a restored copy")


def test_a_batch_that_somebody_else_was_quicker_with_is_tried_again(in_file: Place) -> None:
    with in_file.open() as opened:
        assert tried(opened, Conflict("views.moved", "")) == opened.head()
        with pytest.raises(Conflict):
            tried(opened, Conflict("store.conflict", ""))


def tried(opened: Ledger, first: Conflict) -> int:
    """Where a step ends whose first attempt fails like that."""
    failing = [first]

    def catch_up(progress: object) -> int:
        del progress
        if failing:
            raise failing.pop()
        return opened.catch_up()

    return Keeper(opened._recorder, catch_up, lambda _seconds: False, None).step().position
