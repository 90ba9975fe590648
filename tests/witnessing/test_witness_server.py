"""A witness as its owner runs it: the real command in a process of its own, asked over HTTP."""

from __future__ import annotations

import http.client
import signal
import time
from http import HTTPStatus
from urllib.parse import urlsplit

import pytest
from witnesskit import FORK, STRANGER, TREE, Place, ask, cosigned, stands_at

from ledger.transparency.checkpoints import verify_cosignature
from ledger.transparency.notes import Note
from ledger.transparency.witnesses import AddCheckpoint


def test_a_checkpoint_that_grew_is_cosigned_each_time(place: Place) -> None:
    witness = place.start()
    before = int(time.time())
    for old, new in [(0, 0), (0, 1), (1, 7), (7, 7), (7, 300)]:
        request = TREE.request(old, new)
        note = cosigned(witness.asked(request), request)
        assert before <= verify_cosignature(note, witness.key) <= time.time()


def test_a_witness_that_stands_elsewhere_tells_its_size(place: Place) -> None:
    witness = place.start()
    assert witness.asked(TREE.request(0, 7)).status == HTTPStatus.OK
    assert stands_at(witness.asked(TREE.request(0, 9))) == 7
    assert stands_at(witness.asked(TREE.request(8, 9))) == 7


def test_a_log_that_was_rolled_back_is_refused(place: Place) -> None:
    witness = place.start()
    assert witness.asked(TREE.request(0, 7)).status == HTTPStatus.OK
    assert stands_at(witness.asked(TREE.request(0, 5))) == 7
    assert stands_at(witness.asked(TREE.request(5, 6))) == 7
    assert witness.asked(TREE.request(7, 8)).status == HTTPStatus.OK


def test_a_log_that_forked_is_refused_and_its_second_tree_is_told_to_the_owner(place: Place) -> None:
    witness = place.start()
    assert witness.asked(TREE.request(0, 7)).status == HTTPStatus.OK
    grown = witness.asked(FORK.request(7, 9))
    assert (grown.status, grown.content_type) == (422, "text/plain; charset=utf-8")
    assert "signed two trees" not in witness.said
    forked = FORK.request(7, 7)
    assert stands_at(witness.asked(forked)) == 7
    assert witness.stop() == 0
    assert "A log has signed two trees of 7 entries; the second: " in witness.said
    assert repr(forked.checkpoint.encoded()) in witness.said


def test_each_refusal_has_the_status_of_the_specification(place: Place) -> None:
    witness = place.start()
    known = TREE.request(0, 7)
    unsigned = AddCheckpoint(0, (), Note(known.checkpoint.text, TREE.checkpoint(7, STRANGER).signatures))
    assert witness.asked(TREE.request(0, 7, STRANGER)).status == HTTPStatus.NOT_FOUND
    assert witness.asked(unsigned).status == HTTPStatus.FORBIDDEN
    assert ask(witness.url, known.encoded().replace(b"old 0", b"old 8")).status == HTTPStatus.BAD_REQUEST
    assert ask(witness.url, known.encoded()[:-1]).status == HTTPStatus.BAD_REQUEST
    assert witness.asked(AddCheckpoint(0, TREE.proof(3, 7), known.checkpoint)).status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert witness.asked(known).status == HTTPStatus.OK


def test_only_the_call_of_the_specification_and_the_health_are_answered(place: Place) -> None:
    witness = place.start()
    assert ask(witness.url, None, "/health", "GET") == (200, "text/plain; charset=utf-8", b"ok\n")
    for path, method, status in [
        ("/add-checkpoint", "GET", HTTPStatus.METHOD_NOT_ALLOWED),
        ("/health", "POST", HTTPStatus.METHOD_NOT_ALLOWED),
        ("/add-checkpoint/", "POST", HTTPStatus.NOT_FOUND),
        ("/", "GET", HTTPStatus.NOT_FOUND),
        ("/docs", "GET", HTTPStatus.NOT_FOUND),
    ]:
        assert ask(witness.url, b"" if method == "POST" else None, path, method).status == status, path


def test_one_connection_may_carry_several_requests(place: Place) -> None:
    witness = place.start()
    connection = http.client.HTTPConnection(urlsplit(witness.url).netloc, timeout=10)
    ports = set()
    for old in range(3):
        connection.request("POST", "/add-checkpoint", TREE.request(old, old + 1).encoded())
        ports.add(connection.sock.getsockname())
        response = connection.getresponse()
        assert (response.status, bool(response.read())) == (200, True)
    connection.close()
    assert len(ports) == 1


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly_when_told_to_even_while_somebody_stays_connected(place: Place, how: signal.Signals) -> None:
    witness = place.start()
    connection = http.client.HTTPConnection(urlsplit(witness.url).netloc, timeout=10)
    connection.request("POST", "/add-checkpoint", TREE.request(0, 7).encoded())
    assert connection.getresponse().status == HTTPStatus.OK
    begun = time.monotonic()
    assert witness.stop(how) == 0
    assert time.monotonic() - begun < 5
    connection.close()
    assert "Traceback" not in witness.said


def test_it_stops_cleanly_as_soon_as_it_has_said_its_address(place: Place) -> None:
    witness = place.start()
    assert witness.stop() == 0
    assert "Traceback" not in witness.said


def test_a_witness_that_cannot_look_into_its_memory_cosigns_nothing_and_tells_only_its_owner_why(place: Place) -> None:
    witness = place.start()
    assert witness.asked(TREE.request(0, 7)).status == HTTPStatus.OK
    place.state.unlink()
    answers = [witness.asked(TREE.request(7, 9)), ask(witness.url, None, "/health", "GET")]
    for answer in answers:
        assert (answer.status, answer.body) == (503, b"The witness cannot look into its memory now.\n")
    assert witness.stop() == 0
    assert f"witness.state: {place.state} cannot be used" in witness.said


def test_a_mistake_of_ours_shows_its_inside_to_the_owner_only(place: Place) -> None:
    broken = "import ledger.transparency.witnesses as w\ndef broken(*_): raise ZeroDivisionError('inside')\n"
    witness = place.start(program=f"{broken}w.Witness.add_checkpoint = broken")
    answer = witness.asked(TREE.request(0, 7))
    assert (answer.status, answer.body) == (500, b"The witness has made a mistake.\n")
    assert witness.stop() == 0
    assert "ZeroDivisionError: inside" in witness.said
