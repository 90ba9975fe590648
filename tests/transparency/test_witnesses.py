"""The log at sigsum.org and its requests are those of the tests of filippo.io/torchwood."""

from __future__ import annotations

import base64
import dataclasses
import threading
from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plain_tree import hashes, subproof, tree_hash

from ledger.transparency.checkpoints import Checkpoint, cosigned, verify_cosignature
from ledger.transparency.errors import InvalidNote, InvalidProof, TransparencyError
from ledger.transparency.notes import COSIGNATURE_V1, Note, SigningKey, VerifierKey
from ledger.transparency.witnesses import (
    MAX_HASHES,
    MAX_REQUEST,
    NOTHING_SEEN,
    PLAIN_TEXT,
    TREE_SIZE,
    Accepted,
    AddCheckpoint,
    Declined,
    Elsewhere,
    Response,
    TreeHead,
    Witness,
    judged,
    understood,
)

ORIGIN = "example.com/log"
LOG = SigningKey(ORIGIN, 1, bytes(range(32)))
WITNESS = SigningKey("witness.example/w1", COSIGNATURE_V1, bytes(range(1, 33)))
TIME = 1_700_000_000

SIGSUM = "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562"
SIGSUM_KEY = VerifierKey.parse(f"{SIGSUM}+5202289b+Af/cLU2Y5BJNP+r3iMDC+av9eWCD0fBJVDfzAux5zxAP")
SIGSUM_FIRST = f"""old 0

{SIGSUM}
1
KgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

— {SIGSUM} UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKoFBJQjUFAmQ0+YeSPM3wfUQMFSzVnnNuWRTYrajXpNUbIQY=
""".encode()
SIGSUM_THIRD = f"""old 1
KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

{SIGSUM}
3
RcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0=

— {SIGSUM} UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/GQOTuZF2ORV39d75cbAj2aQYwyJre36kezNobZs4SUUdrcawfAB8WVrx6go=
""".encode()
SIGSUM_FIFTH = f"""old 1
KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
+fUDV+k970B4I3uKrqJM4aP1lloPZP8mvr2Z4wRw2LI=
KgQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

{SIGSUM}
5
QrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY=

— {SIGSUM} UgIomw/EOJmWi0i1FQsOj+etB7F8IccFam/jgd6wzRns4QPVmyEZtdvl1U2KEmLOZ/ASRcWJi0tW90dJWAShei7sDww=
""".encode()


class Memory:
    """Tree heads that are forgotten at the end; the lock makes comparing and putting one step."""

    def __init__(self, *heads: tuple[str, TreeHead]) -> None:
        self.heads = dict(heads)
        self._lock = threading.Lock()

    def latest(self, origin: str) -> TreeHead:
        return self.heads.get(origin, NOTHING_SEEN)

    def replace(self, origin: str, old: TreeHead, new: TreeHead) -> bool:
        with self._lock:
            if self.latest(origin) != old:
                return False
            self.heads[origin] = new
            return True


def head(size: int) -> TreeHead:
    return TreeHead(size, tree_hash(0, size))


def witness(heads: Memory | None = None, now: Callable[[], int] = lambda: TIME) -> Witness:
    logs = {ORIGIN: (LOG.verifier,), SIGSUM: (SIGSUM_KEY,)}
    return Witness(WITNESS, logs, Memory() if heads is None else heads, now)


def remembering(size: int) -> Memory:
    return Memory((ORIGIN, head(size))) if size else Memory()


def request(old: int, new: int, root: bytes | None = None, proof: list[bytes] | None = None) -> AddCheckpoint:
    if proof is None:
        proof = hashes(subproof(old, 0, new, whole=True)) if 0 < old <= new else []
    note = Checkpoint(ORIGIN, new, tree_hash(0, new) if root is None else root).signed(LOG)
    return AddCheckpoint(old, tuple(proof), note)


def test_the_requests_of_another_implementation_are_read_and_answered() -> None:
    heads = Memory()
    for body in (SIGSUM_FIRST, SIGSUM_FIFTH):
        sent = AddCheckpoint.parse(body)
        assert sent.encoded() == body
        response = witness(heads).add_checkpoint(body)
        assert isinstance(understood(response, sent, [WITNESS.verifier]), Accepted)
    assert heads.latest(SIGSUM).size == 5
    assert heads.latest(SIGSUM).root.hex() == "42bb57ad06420afa4882c4a63ac6a1ec77480b330b2f20dfc53a0caa5f564e36"


def test_a_first_checkpoint_is_cosigned_and_remembered() -> None:
    heads = Memory()
    sent = request(0, 7)
    response = witness(heads).add_checkpoint(sent.encoded())
    note = cosigned(sent.checkpoint, WITNESS, TIME)
    assert response == Response(200, PLAIN_TEXT, f"{note.signatures[-1].line}\n".encode())
    assert heads.latest(ORIGIN) == head(7)
    assert understood(response, sent, [WITNESS.verifier]) == Accepted(note)


def test_a_checkpoint_that_grew_is_cosigned_and_remembered() -> None:
    for old in range(1, 12):
        for new in range(old, 12):
            heads = remembering(old)
            assert witness(heads).add_checkpoint(request(old, new).encoded()).status == 200
            assert heads.latest(ORIGIN) == head(new)


def test_the_same_checkpoint_is_cosigned_again_at_a_later_time() -> None:
    heads = remembering(7)
    sent = dataclasses.replace(request(7, 7), checkpoint=cosigned(request(7, 7).checkpoint, WITNESS, TIME - 60))
    accepted = understood(witness(heads).add_checkpoint(sent.encoded()), sent, [WITNESS.verifier])
    assert isinstance(accepted, Accepted)
    assert len(accepted.checkpoint.signatures) == 2
    assert verify_cosignature(accepted.checkpoint, WITNESS.verifier) == TIME


def test_an_empty_log_is_cosigned_only_with_the_root_of_an_empty_tree() -> None:
    heads = Memory()
    assert witness(heads).add_checkpoint(request(0, 0).encoded()).status == 200
    assert heads.latest(ORIGIN) == NOTHING_SEEN
    for root in (bytes(32), tree_hash(0, 1)):
        assert witness(heads).add_checkpoint(request(0, 0, root).encoded()).status == 422


def test_the_extension_lines_of_a_checkpoint_are_cosigned_as_they_are() -> None:
    note = Checkpoint(ORIGIN, 1, tree_hash(0, 1), ("extension",)).signed(LOG)
    sent = AddCheckpoint(0, (), note)
    assert isinstance(understood(witness().add_checkpoint(sent.encoded()), sent, [WITNESS.verifier]), Accepted)


def refused(sent: AddCheckpoint | bytes, seen: int = 0) -> Response:
    """The answer of a witness that has seen `seen` leaves, which remembers nothing of what it refuses."""
    heads = remembering(seen)
    response = witness(heads).add_checkpoint(sent if isinstance(sent, bytes) else sent.encoded())
    assert response.status != 200
    assert "—".encode() not in response.body
    assert heads.latest(ORIGIN) == head(seen)
    return response


def test_an_unknown_log_is_not_found() -> None:
    other = SigningKey.generate("unknown.example")
    sent = AddCheckpoint(0, (), Checkpoint("unknown.example", 1, bytes(32)).signed(other))
    assert refused(sent).status == 404


def test_a_checkpoint_that_no_known_key_of_its_log_signed_is_forbidden() -> None:
    impostor = SigningKey.generate(ORIGIN)
    assert refused(AddCheckpoint(0, (), Checkpoint(ORIGIN, 1, bytes(32)).signed(impostor))).status == 403
    text = Checkpoint(SIGSUM, 1, bytes(32)).text
    assert refused(AddCheckpoint(0, (), Note(text, (LOG.signature(text),)))).status == 403


def test_a_forged_checkpoint_is_forbidden() -> None:
    honest = request(0, 7).checkpoint
    assert refused(AddCheckpoint(0, (), Note(honest.text.replace("\n7\n", "\n8\n"), honest.signatures))).status == 403


def test_signatures_of_unknown_keys_beside_the_known_one_are_ignored() -> None:
    sent = request(0, 7)
    other = SigningKey.generate(ORIGIN)
    more = dataclasses.replace(sent, checkpoint=sent.checkpoint.with_signature(other.signature(sent.checkpoint.text)))
    assert witness().add_checkpoint(more.encoded()).status == 200


def test_a_log_may_have_several_keys() -> None:
    second = SigningKey.generate("example.com/second-key")
    several = dataclasses.replace(witness(), logs={ORIGIN: (LOG.verifier, second.verifier)})
    text = Checkpoint(ORIGIN, 1, tree_hash(0, 1)).text
    assert several.add_checkpoint(AddCheckpoint(0, (), Note(text, (second.signature(text),))).encoded()).status == 200


@pytest.mark.parametrize(("old", "new", "seen"), [(0, 7, 5), (4, 7, 5), (6, 7, 5), (5, 7, 0), (7, 7, 8), (0, 0, 5)])
def test_another_old_size_than_the_latest_is_a_conflict_that_tells_the_latest(old: int, new: int, seen: int) -> None:
    response = refused(request(old, new), seen)
    assert response == Response(409, TREE_SIZE, f"{seen}\n".encode())
    assert understood(response, request(old, new), [WITNESS.verifier]) == Elsewhere(seen)


def test_another_root_for_the_latest_size_is_a_conflict() -> None:
    assert refused(request(7, 7, bytes(32)), 7) == Response(409, TREE_SIZE, b"7\n")


def test_a_wrong_proof_cannot_be_processed() -> None:
    proof = list(request(5, 7).proof)
    for wrong in ([], proof[:-1], [*proof, bytes(32)], proof[::-1], [bytes(32), *proof[1:]]):
        assert refused(request(5, 7, proof=wrong), 5).status == 422
    assert refused(request(5, 7, bytes(32)), 5).status == 422
    assert refused(request(7, 7, proof=proof), 7).status == 422


def test_from_nothing_the_proof_is_empty() -> None:
    for new in (0, 1, 7):
        assert refused(request(0, new, proof=[tree_hash(0, 1)])).status == 422


GOOD = request(5, 7).encoded()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"old 5\n", b""),
        (b"old 5\n", b"\n"),
        (b"old 5\n", b"old\n"),
        (b"old 5\n", b"5\n"),
        (b"old 5\n", b"new 5\n"),
        (b"old 5\n", b"old 05\n"),
        (b"old 5\n", b"old -5\n"),
        (b"old 5\n", b"old  5\n"),
        (b"old 5\n", b"old 5 \n"),
        (b"old 5\n", b"old 5\r\n"),
        (b"old 5\n", b"old 8\n"),
        (b"old 5\n", b"old 9223372036854775808\n"),
        (b"old 5\n", b"old \xb2\n"),
        (b"old 5\n", b"old 5\nAAAA\n"),
        (b"old 5\n", b"old 5\n" + base64.b64encode(bytes(33)) + b"\n"),
        (b"old 5\n", b"old 5\n" + b"A" * 43 + b"\n"),
        (b"old 5\n", b"old 5\n\n"),
        (b"\n\nexample", b"\nexample"),
        (b"\n\nexample", b"\n\n\nexample"),
        (b"\n7\n", b"\n07\n"),
        ("— ".encode(), b"- "),
        (b"=\n\n", b"\n\n"),
    ],
)
def test_a_malformed_request_is_a_bad_request(old: bytes, new: bytes) -> None:
    assert old in GOOD
    assert refused(GOOD.replace(old, new, 1), 5).status == 400


def test_a_request_that_is_cut_anywhere_is_a_bad_request() -> None:
    for length in range(len(GOOD)):
        assert refused(GOOD[:length], 5).status == 400


def test_a_request_has_at_most_63_hashes_and_a_bit_more_bytes_than_a_note() -> None:
    line = base64.b64encode(bytes(32)) + b"\n"
    most = request(5, 7, proof=[bytes(32)] * MAX_HASHES)
    assert AddCheckpoint.parse(most.encoded()) == most
    assert refused(most.encoded().replace(line, line * 2, 1), 5).status == 400
    assert refused(b"old 0\n\n" + b"a" * MAX_REQUEST).status == 400
    with pytest.raises(InvalidProof):
        dataclasses.replace(most, proof=(bytes(32),) * (MAX_HASHES + 1))


def test_no_request_can_be_made_that_cannot_be_written() -> None:
    for change in ({"old_size": -1}, {"old_size": 8}, {"proof": (bytes(31),)}):
        with pytest.raises(InvalidProof):
            dataclasses.replace(request(5, 7), **change)  # type: ignore[arg-type]


def test_a_witness_signs_with_a_key_for_cosignatures_only() -> None:
    with pytest.raises(InvalidNote, match="no key for cosignatures"):
        dataclasses.replace(witness(), key=LOG)


def test_of_two_requests_at_once_the_second_to_be_stored_gets_no_cosignature() -> None:
    heads = Memory()
    assert witness(heads).add_checkpoint(SIGSUM_FIRST).status == 200
    faster: list[Response] = []

    def overtaken() -> int:
        faster.append(witness(heads).add_checkpoint(SIGSUM_FIFTH))
        return TIME

    slower = witness(heads, overtaken).add_checkpoint(SIGSUM_THIRD)
    assert [one.status for one in faster] == [200]
    assert slower == Response(409, TREE_SIZE, b"5\n")
    assert heads.latest(SIGSUM).size == 5


def test_no_cosignature_is_made_before_the_head_is_stored() -> None:
    class Broken(Memory):
        def replace(self, origin: str, old: TreeHead, new: TreeHead) -> bool:
            del origin, old, new
            raise OSError

    with pytest.raises(OSError, match=r"^$"):
        witness(Broken()).add_checkpoint(request(0, 7).encoded())


def test_an_answer_that_was_lost_can_be_had_again() -> None:
    heads = remembering(5)
    witness(heads).add_checkpoint(request(5, 7).encoded())
    again = understood(witness(heads).add_checkpoint(request(5, 7).encoded()), request(5, 7), [WITNESS.verifier])
    assert again == Elsewhere(7)
    assert witness(heads).add_checkpoint(request(7, 7).encoded()).status == 200


def test_many_witnessing_threads_never_go_back() -> None:
    heads = Memory()
    times = iter(range(TIME, TIME + 10_000))
    signed: list[tuple[int, int]] = []

    def submit(sizes: range) -> None:
        known = 0
        for size in sizes:
            while known <= size:
                sent = request(known, size)
                answer = understood(
                    witness(heads, lambda: next(times)).add_checkpoint(sent.encoded()), sent, [WITNESS.verifier]
                )
                if isinstance(answer, Elsewhere):
                    known = answer.size
                    continue
                assert isinstance(answer, Accepted)
                signed.append((verify_cosignature(answer.checkpoint, WITNESS.verifier), size))
                known = size
                break

    threads = [threading.Thread(target=submit, args=(range(start, 40, 3),)) for start in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sizes = [size for _, size in sorted(signed)]
    assert sizes == sorted(sizes)
    assert heads.latest(ORIGIN) == head(39)


def answered(body: bytes, status: int = 200, content_type: str = PLAIN_TEXT) -> Accepted | Elsewhere | Declined:
    return understood(Response(status, content_type, body), request(0, 7), [WITNESS.verifier])


def line_of(key: SigningKey, note: Note) -> bytes:
    return f"{key.cosignature(note.text, TIME).line}\n".encode()


def test_lines_of_unknown_keys_in_an_answer_are_left_out() -> None:
    note = request(0, 7).checkpoint
    other = line_of(SigningKey.generate("other.example", COSIGNATURE_V1), note)
    for body in (other + line_of(WITNESS, note), line_of(WITNESS, note) + other + other):
        assert answered(body) == Accepted(cosigned(note, WITNESS, TIME))


def test_an_answer_may_hold_the_cosignatures_of_several_keys_of_a_witness() -> None:
    note = request(0, 7).checkpoint
    second = SigningKey(WITNESS.name, COSIGNATURE_V1, bytes(32))
    response = Response(200, PLAIN_TEXT, line_of(WITNESS, note) + line_of(second, note))
    accepted = understood(response, request(0, 7), [WITNESS.verifier, second.verifier])
    assert accepted == Accepted(cosigned(cosigned(note, WITNESS, TIME), second, TIME))


def test_an_answer_without_a_right_cosignature_is_refused() -> None:
    note = request(0, 7).checkpoint
    right = line_of(WITNESS, note)
    other = line_of(SigningKey.generate("other.example", COSIGNATURE_V1), note)
    for body in (
        b"",
        b"\n",
        other,
        right[:-1],
        right + b"\n",
        right + b"more\n",
        right * 2,
        b"\xff" + right,
        line_of(WITNESS, request(0, 6).checkpoint),
        right + b"a" * 1_000_001 + b"\n",
    ):
        with pytest.raises(InvalidNote):
            answered(body)


def test_what_a_witness_answers_never_becomes_part_of_the_text() -> None:
    note = request(0, 7).checkpoint
    longer = Note(f"{note.text}\nforged\n", note.signatures)
    with pytest.raises(InvalidNote):
        answered(b"forged\n\n" + line_of(WITNESS, longer))


def test_a_plain_signature_of_a_witness_is_no_cosignature() -> None:
    plain = dataclasses.replace(WITNESS, algorithm=1)
    note = request(0, 7).checkpoint
    response = Response(200, PLAIN_TEXT, f"{plain.signature(note.text).line}\n".encode())
    with pytest.raises(InvalidNote, match="no key for cosignatures"):
        understood(response, request(0, 7), [plain.verifier])


def test_a_conflict_tells_a_size_only_in_its_own_content_type() -> None:
    assert answered(b"5\n", 409, "text/x.tlog.size") == Elsewhere(5)
    assert answered(b"5\n", 409, "Text/X.tlog.size; charset=utf-8") == Elsewhere(5)
    assert answered(b"5\n", 409, "text/plain") == Declined(409)
    for wrong in (b"5", b"", b"\n", b"05\n", b"5\n\n", b"-1\n", b"5\r\n", b"\xb2\n", b"9223372036854775808\n"):
        with pytest.raises(TransparencyError, match="tree size"):
            answered(wrong, 409, TREE_SIZE)


def test_every_other_status_is_a_refusal() -> None:
    for status in (400, 403, 404, 422, 429, 500, 503, 201, 302):
        assert answered(b"5\n", status) == Declined(status)


def test_every_flipped_bit_of_a_request_is_refused() -> None:
    data = request(5, 7).encoded()
    accepted = [
        (place, bit)
        for place, bit in product(range(len(data)), range(8))
        if witness(remembering(5))
        .add_checkpoint(data[:place] + bytes((data[place] ^ 1 << bit,)) + data[place + 1 :])
        .status
        == 200
    ]
    assert accepted == []


def test_the_rule_alone_can_be_asked() -> None:
    sent = request(5, 7)
    assert judged(sent, Checkpoint.parse(sent.checkpoint.text), head(5)) is None
    assert judged(sent, Checkpoint.parse(sent.checkpoint.text), head(6)) == Response(409, TREE_SIZE, b"6\n")


@given(st.integers(0, 30), st.integers(0, 30), st.binary(max_size=64))
def test_every_request_is_read_as_it_was_written(old: int, more: int, noise: bytes) -> None:
    sent = request(old, old + more, proof=[noise.ljust(32, b"\0")[:32]] * (len(noise) % 64))
    assert AddCheckpoint.parse(sent.encoded()) == sent


FORKED = bytes(32)


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.booleans()), max_size=12))
def test_a_witness_goes_only_forward_and_only_along_one_log(history: list[tuple[int, bool, bool]]) -> None:
    heads, size, root = Memory(), 0, tree_hash(0, 0)
    for more, stale, forked in history:
        old, new = size + (1 if stale else 0), size + more + 1
        sent = request(old, new if old else new - 1, FORKED if forked else None)
        checkpoint = Checkpoint.parse(sent.checkpoint.text)
        if old != size:
            expected = 409
        elif size == 0:
            expected = 422 if forked and checkpoint.size == 0 else 200
        elif FORKED in {root, checkpoint.root}:
            expected = 422
        else:
            expected = 200
        assert witness(heads).add_checkpoint(sent.encoded()).status == expected
        if expected == 200:
            size, root = checkpoint.size, checkpoint.root
        assert heads.latest(ORIGIN) == TreeHead(size, root)
