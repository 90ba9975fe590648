"""A witness is worth nothing if it ever goes back: not after a stop or a kill, and not among several processes."""

from __future__ import annotations

import http.client
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

from witnesskit import FORK, LOG, TREE, Place, Running, cosigned, stands_at

from ledger.transparency.checkpoints import verify_cosignature
from ledger.transparency.witnesses import AddCheckpoint


def test_a_restarted_witness_remembers_and_says_only_once_that_it_is_new(place: Place) -> None:
    first = place.start()
    assert first.asked(TREE.request(0, 7)).status == HTTPStatus.OK
    assert first.stop() == 0
    assert "is new, so nothing is remembered" in first.said
    again = place.start()
    assert stands_at(again.asked(FORK.request(0, 9))) == 7
    assert again.asked(FORK.request(7, 9)).status == HTTPStatus.UNPROCESSABLE_ENTITY
    request = TREE.request(7, 9)
    assert verify_cosignature(cosigned(again.asked(request), request), again.key)
    assert "is new" not in again.said


def test_two_witnesses_cosign_one_checkpoint_each_with_its_own_key_and_memory(place: Place, other: Place) -> None:
    first, second = place.start(), other.start()
    assert first.asked(TREE.request(0, 4)).status == HTTPStatus.OK
    note = cosigned(first.asked(TREE.request(4, 7)), TREE.request(4, 7))
    note = cosigned(second.asked(TREE.request(0, 7)), AddCheckpoint(0, (), note))
    assert note.verified([LOG.verifier, first.key, second.key]) == (LOG.verifier, first.key, second.key)
    assert first.key != second.key


def test_several_processes_with_one_memory_never_cosign_two_trees_of_one_size(place: Place) -> None:
    witnesses = [place.start() for _time in range(3)]
    trees = [TREE, *(TREE.forked(0, name) for name in "bcd")]

    def push(number: int) -> list[tuple[int, int]]:
        """Each tries to have its own history cosigned, from wherever the witness says that it stands."""
        tree, witness, old, won = trees[number % 4], witnesses[number % 3], 0, []
        for _time in range(15):
            new = old + 1
            answer = witness.asked(tree.request(old, new))
            if answer.status == HTTPStatus.OK:
                won.append((new, number % 4))
                old = new
            elif answer.status == HTTPStatus.CONFLICT:
                old = int(answer.body)
            else:
                assert answer.status == HTTPStatus.UNPROCESSABLE_ENTITY, answer
        return won

    with ThreadPoolExecutor(12) as pool:
        won = [each for some in pool.map(push, range(12)) for each in some]
    assert len({tree for _size, tree in won}) == 1
    sizes = {size for size, _tree in won}
    assert sizes == set(range(1, max(sizes) + 1))


def test_two_trees_of_one_size_sent_at_once_get_one_cosignature(place: Place) -> None:
    witnesses = [place.start() for _time in range(2)]
    tree = TREE
    for size in range(12):
        trees = [tree.forked(size, name) for name in "abcdef"]
        requests = [each.request(size, size + 1) for each in trees]
        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(lambda sent: witnesses[sent[0] % 2].asked(sent[1]), enumerate(requests)))
        won = [each for each, answer in zip(trees, answers, strict=True) if answer.status == HTTPStatus.OK]
        assert len(won) == 1
        tree = won[0]


def push(witness: Running, size: int) -> int:
    """Has the log cosigned entry by entry until the witness is gone; the last size that it has or told."""
    try:
        while size < 5000:
            answer = witness.asked(TREE.request(size, size + 1))
            if answer.status == HTTPStatus.OK:
                size += 1
            else:
                told = stands_at(answer)
                assert told >= size, "the witness went back"
                size = told
    except (OSError, http.client.HTTPException):
        assert witness.process.wait(10) == -signal.SIGKILL
    return size


def test_what_was_cosigned_before_a_kill_is_remembered_after_it(place: Place) -> None:
    chance = random.Random(7)  # noqa: S311 - no secret
    last = 0
    for _time in range(5):
        witness = place.start()
        with ThreadPoolExecutor(1) as pool:
            pushed = pool.submit(push, witness, last)
            time.sleep(chance.uniform(0.2, 0.5))
            assert witness.stop(signal.SIGKILL) == -signal.SIGKILL
            last = pushed.result()
    assert last > 10
    again = place.start()
    remembered = stands_at(again.asked(TREE.request(0, 4999)))
    # One more may have been remembered whose cosignature never arrived.
    assert last <= remembered <= last + 1
    forked = TREE.forked(0, "x").request(remembered, remembered + 1)
    assert again.asked(forked).status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert again.asked(TREE.request(remembered, remembered + 1)).status == HTTPStatus.OK
