"""Asking a witness: one that answers as it should, and one that does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from serverkit import KEYS, REQUEST, TIME, Reply, always, by_a_witness, code_of, serving
from witnesskit import LOG, TREE, WITNESS, Place

from ledger.errors import Conflict, LedgerError, Malformed, Refused, Unavailable
from ledger.transparency.checkpoints import verify_cosignature
from ledger.transparency.notes import COSIGNATURE_V1, SigningKey
from ledger.transparency.witnesses import PLAIN_TEXT, TREE_SIZE, Accepted, Elsewhere
from ledger.witnessing.client import submit, witnessed

if TYPE_CHECKING:
    from collections.abc import Callable

IMPOSTOR = SigningKey.generate(WITNESS.name, COSIGNATURE_V1)


def test_a_witness_that_stands_where_the_proof_begins_cosigns(place: Place) -> None:
    running = place.start()
    assert isinstance(submit(running.url, TREE.request(0, 3), [running.key]), Accepted)
    answer = submit(running.url, REQUEST, [*KEYS, running.key])
    assert isinstance(answer, Accepted)
    assert verify_cosignature(answer.checkpoint, running.key) > TIME
    assert submit(f"{running.url}/", TREE.request(2, 9), [running.key]) == Elsewhere(7)


def test_a_witness_is_asked_where_it_stands_and_then_given_the_proof_from_there(place: Place, other: Place) -> None:
    first, second = place.start(), other.start()
    keys = [first.key, second.key]
    for size in (0, 1, 5, 5, 64):
        note = TREE.checkpoint(size)
        for running in (first, second):
            note = witnessed(running.url, note, lambda old, size=size: TREE.proof(old, size), keys)
        assert note.verified([LOG.verifier, *keys]) == (LOG.verifier, *keys)


def test_the_address_may_have_a_path() -> None:
    with serving(by_a_witness(3)) as server:
        for prefix in ("", "/", "/w1", "/w1/"):
            assert isinstance(submit(server.url + prefix, REQUEST, KEYS), Accepted | Elsewhere)
        assert server.asked == ["/add-checkpoint"] * 2 + ["/w1/add-checkpoint"] * 2


def test_a_witness_that_remembers_another_tree_of_that_size_tells_of_a_fork() -> None:
    with serving(by_a_witness(7)) as server:
        forked = TREE.forked(5, "fork")
        assert code_of(lambda: submit(server.url, forked.request(7, 7), KEYS), Refused) == "witness.forked"
        again = lambda: witnessed(server.url, forked.checkpoint(7), lambda _old: (), KEYS)  # noqa: E731
        assert code_of(again, Refused) == "witness.forked"


def test_a_witness_that_remembers_a_tree_that_this_one_does_not_begin_with_finds_it_inconsistent() -> None:
    with serving(by_a_witness(7)) as server:
        forked = TREE.forked(5, "fork")
        submitted = lambda: witnessed(server.url, forked.checkpoint(9), lambda old: forked.proof(old, 9), KEYS)  # noqa: E731
        assert code_of(submitted, Refused) == "witness.inconsistent"


def test_a_witness_that_remembers_a_larger_tree_tells_of_a_ledger_that_was_set_back() -> None:
    with serving(by_a_witness(9)) as server:
        with pytest.raises(Refused, match=r"has cosigned 9 entries .* the checkpoint has 7") as refused:
            submit(server.url, REQUEST, KEYS)
        assert refused.value.code == "witness.ahead"


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (400, Refused, "witness.not_understood"),
        (403, Refused, "witness.unknown_key"),
        (404, Refused, "witness.unknown_log"),
        (422, Refused, "witness.inconsistent"),
        (409, Unavailable, "witness.unavailable"),
        (413, Unavailable, "witness.unavailable"),
        (429, Unavailable, "witness.unavailable"),
        (500, Unavailable, "witness.unavailable"),
        (503, Unavailable, "witness.unavailable"),
        (204, Unavailable, "witness.unavailable"),
    ],
)
def test_each_refusal_has_a_code_and_the_words_of_the_witness(status: int, kind: type[LedgerError], code: str) -> None:
    words = b"" if status == 204 else b"So I say.\nMore.\n"
    with serving(always(status, words, Content_Type=PLAIN_TEXT)) as server:
        with pytest.raises(kind) as refused:
            submit(server.url, REQUEST, KEYS)
        assert refused.value.code == code
        assert ("(So I say)" in str(refused.value)) == bool(words)
        assert "More" not in str(refused.value)


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (always(200, b""), "without a cosignature of a known key"),
        (always(200, b"<html>Welcome</html>\n"), "The signature of <html>Welcome</html>"),
        (always(200, b"\xff\n"), "not UTF-8"),
        (by_a_witness(3, SigningKey.generate("w2.example", COSIGNATURE_V1)), "without a cosignature of a known key"),
        (by_a_witness(3, IMPOSTOR), "without a cosignature of a known key"),
        (always(409, b"many\n", Content_Type=TREE_SIZE), "tree size that is none"),
        (always(409, b"3\n", Content_Type=TREE_SIZE), "from where the proof began"),
    ],
)
def test_an_answer_that_makes_no_sense_is_refused(reply: Callable[[str, bytes], Reply], why: str) -> None:
    with serving(reply) as server, pytest.raises(Refused, match=why) as refused:
        submit(server.url, REQUEST, KEYS)
    assert refused.value.code == "witness.incoherent"


def test_a_cosignature_of_another_checkpoint_is_refused() -> None:
    line = WITNESS.cosignature(TREE.checkpoint(6).text, TIME).line
    with serving(always(200, f"{line}\n".encode())) as server:
        assert code_of(lambda: submit(server.url, REQUEST, KEYS), Refused) == "witness.incoherent"


def test_a_witness_without_a_known_key_is_not_asked() -> None:
    with serving(by_a_witness(3)) as server:
        for keys in ([], [LOG.verifier]):
            assert code_of(lambda keys=keys: submit(server.url, REQUEST, keys), Malformed) == "witness.no_known_key"
        assert server.asked == []


def test_a_witness_that_stands_elsewhere_each_time_is_not_asked_for_ever() -> None:
    sizes = iter(range(1, 100))
    reply = lambda _path, _body: (409, {"Content-Type": TREE_SIZE}, b"%d\n" % next(sizes))  # noqa: E731
    with serving(reply) as server:
        submitted = lambda: witnessed(server.url, TREE.checkpoint(99), lambda old: TREE.proof(old, 99), KEYS)  # noqa: E731
        assert code_of(submitted, Conflict) == "witness.moving"
        assert len(server.asked) == 5
