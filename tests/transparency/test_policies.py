"""The keys named Wit are those of github.com/transparency-dev/formats, as are many of the malformed policies."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.transparency.checkpoints import Checkpoint, cosigned
from ledger.transparency.errors import InvalidNote, InvalidPolicy
from ledger.transparency.notes import COSIGNATURE_V1, ED25519, Note, Signature, SigningKey, VerifierKey
from ledger.transparency.policies import NONE, Cosigned, Definition, Group, KnownLog, KnownWitness, Policy

SECRETS = (
    "PRIVATE+KEY+Wit1+55ee4561+AeadRiG7XM4XiieCHzD8lxysXMwcViy5nYsoXURWGrlE",
    "PRIVATE+KEY+Wit2+85ecc407+AfPTvxw5eUcqSgivo2vaiC7JPOMUZ/9baHPSDrWqgdGm",
    "PRIVATE+KEY+Wit3+d3ed3be7+AR2Kg8k6ccBr5QXz5SHtnkOS4UGQGEQaWi6Gfr6Mm3X5",
)
PLAIN = [SigningKey.parse(text) for text in SECRETS]
WITNESSES = [dataclasses.replace(key, algorithm=COSIGNATURE_V1) for key in PLAIN]
WITNESSES += [SigningKey(f"Wit{number}", COSIGNATURE_V1, bytes([number]) * 32) for number in (4, 5, 6)]
W1, W2, W3, W4, W5, W6 = (key.verifier for key in WITNESSES)
ORIGIN = "example.com/log"
LOG = SigningKey(ORIGIN, ED25519, bytes(32))
CHECKPOINT = Checkpoint(ORIGIN, 42, bytes(32))
TIME = 1_700_000_000

EXAMPLE = f"""log {LOG.verifier}

witness X1 {W1}
witness X2 {W2}
witness X3 {W3}
group X-witnesses 2 X1 X2 X3

witness Y1 {W4}
witness Y2 {W5}
witness Y3 {W6}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""


def policy(text: str) -> Policy:
    return Policy.parse(text.encode(errors="surrogateescape"))


def checkpoint(*numbers: int) -> Note:
    """The checkpoint signed by the log and cosigned by the witnesses of these numbers, counted from 1."""
    note = CHECKPOINT.signed(LOG)
    for number in numbers:
        note = cosigned(note, WITNESSES[number - 1], TIME + number)
    return note


def test_the_example_of_the_specification_is_read() -> None:
    read = policy(EXAMPLE)
    assert read.logs == (KnownLog(LOG.verifier),)
    assert [one.name for one in read.witnesses] == ["X1", "X2", "X3", "Y1", "Y2", "Y3"]
    assert read.groups == (
        Group("X-witnesses", 2, ("X1", "X2", "X3")),
        Group("Y-witnesses", 1, ("Y1", "Y2", "Y3")),
        Group("X-and-Y", 2, ("X-witnesses", "Y-witnesses")),
    )
    assert read.quorum == "X-and-Y"


def test_the_least_policy_asks_for_nothing() -> None:
    assert policy("quorum none\n") == Policy((), NONE)


def test_whitespace_and_comment_lines_have_no_meaning() -> None:
    text = f"\n# comment\n\t # another\r comment\n\twitness \t w1  {W1}   https://w1.example/#a  \n\n  quorum\tw1\n"
    read = policy(text.replace("\r", ""))
    assert read == Policy((KnownWitness("w1", W1, "https://w1.example/#a"),), "w1")


def test_names_are_bytes_and_no_characters() -> None:
    data = b"witness K\xe2\x84\xaalvin-w\x80 %b\nwitness Klvin-w\x80 %b\nquorum Klvin-w\x80\n"
    data %= (str(W1).encode(), str(W2).encode())
    read = Policy.parse(data)
    assert read.quorum == read.witnesses[1].name != read.witnesses[0].name
    assert read.encoded() == data


def test_all_and_any_and_the_other_words_may_be_names() -> None:
    text = f"witness all {W1}\nwitness any {W2}\ngroup group 2 all any\nquorum group\n"
    assert policy(text).groups == (Group("group", 2, ("all", "any")),)


def test_a_policy_is_written_as_it_is_read() -> None:
    text = f"log {LOG.verifier} https://log.example/\nwitness w1 {W1} https://w1.example/\nwitness w2 {W2}\n"
    text += f"witness w3 {W3}\ngroup some 2 w1 w2 w3\nwitness w4 {W4}\ngroup g any some w4\nquorum g\n"
    assert policy(text).encoded().decode() == text
    assert policy(EXAMPLE).encoded().decode() == EXAMPLE.replace("\n\n", "\n")


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (2, "quorum none\n\x01\n"),
        (1, "quorum none\r\n"),
        (1, "quorum none \x7f\n"),
        (1, "# com\0ment\nquorum none\n"),
        (1, "quibble w1\nquorum none\n"),
        (1, "Quorum none\n"),
        (1, f"witness w1 {W1} https://w1.example/ # comment\nquorum w1\n"),
        (1, f"log {LOG.verifier} https://log.example/ more\nquorum none\n"),
        (1, f"log\u00a0{LOG.verifier}\nquorum none\n"),
        (1, "log\nquorum none\n"),
        (1, "log garbage\nquorum none\n"),
        (1, "log unknown.example+4a8d2a6b+YwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\nquorum none\n"),
        (1, f"log {str(LOG.verifier).replace('+', '+0', 1)}\nquorum none\n"),
        (2, f"log {LOG.verifier}\nlog {LOG.verifier} https://log.example/\nquorum none\n"),
        (2, f"log {LOG.verifier}\nlog {dataclasses.replace(LOG.verifier, name='b.example')}\nquorum none\n"),
        (1, "witness w1\nquorum none\n"),
        (1, f"witness w1 {PLAIN[0].verifier}\nquorum w1\n"),
        (1, f"witness none {W1}\nquorum none\n"),
        (2, f"witness w1 {W1}\nwitness w1 {W2}\nquorum w1\n"),
        (2, f"witness w1 {W1}\nwitness w2 {dataclasses.replace(W1, name='impostor.example')}\nquorum w1\n"),
        (2, f"witness w1 {W1}\ngroup w1 any w1\nquorum w1\n"),
        (2, f"witness w1 {W1}\ngroup g1 1\nquorum w1\n"),
        (2, f"witness w1 {W1}\ngroup g1\nquorum w1\n"),
        (2, f"witness w1 {W1}\ngroup none any w1\nquorum none\n"),
        (2, f"witness w1 {W1}\ngroup g1 0 w1\nquorum g1\n"),
        (2, f"witness w1 {W1}\ngroup g1 01 w1\nquorum g1\n"),
        (2, f"witness w1 {W1}\ngroup g1 +1 w1\nquorum g1\n"),
        (2, f"witness w1 {W1}\ngroup g1 -1 w1\nquorum g1\n"),
        (2, f"witness w1 {W1}\ngroup g1 1.0 w1\nquorum g1\n"),
        (2, f"witness w1 {W1}\ngroup g1 2 w1\nquorum g1\n"),
        (2, f"witness w1 {W1}\ngroup g1 {'9' * 5000} w1\nquorum g1\n"),
        (2, f"witness w1 {W1}\ngroup g1 any w2\nquorum g1\n"),
        (1, f"group g1 any w1\nwitness w1 {W1}\nquorum g1\n"),
        (2, f"witness w1 {W1}\ngroup g1 any g1\nquorum g1\n"),
        (2, f"witness w1 {W1}\ngroup g1 any none w1\nquorum g1\n"),
        (2, f"witness w1 {W1}\ngroup g1 all w1 w1\nquorum g1\n"),
        (4, f"witness w1 {W1}\nwitness w2 {W2}\ngroup g1 any w1 w2\ngroup g2 any w1\nquorum g1\n"),
        (3, f"witness w1 {W1}\nquorum w1\nquorum w1\n"),
        (1, "quorum unknown\n"),
        (1, f"quorum w1\nwitness w1 {W1}\n"),
        (1, "quorum\n"),
        (1, "quorum none none\n"),
    ],
)
def test_a_malformed_policy_is_refused_and_the_line_is_told(line: int, text: str) -> None:
    with pytest.raises(InvalidPolicy, match=f"Line {line} of the policy"):
        policy(text)


def test_a_policy_without_a_quorum_is_refused() -> None:
    for text in ("", f"witness w1 {W1}\n"):
        with pytest.raises(InvalidPolicy, match="quorum"):
            policy(text)


def test_a_policy_that_may_be_cut_off_is_refused() -> None:
    with pytest.raises(InvalidPolicy, match="cut off"):
        policy(f"witness w {W1}\nwitness w2 {W2}\ngroup w3 all w w2\nquorum w")


def test_a_policy_has_at_most_a_million_bytes() -> None:
    with pytest.raises(InvalidPolicy, match="bytes"):
        policy("quorum none\n" + "#" * 1_000_000 + "\n")


@pytest.mark.parametrize(
    "definitions",
    [
        (KnownWitness("two words", W1),),
        (KnownWitness("", W1),),
        (KnownWitness("\ud800", W1),),
        (KnownWitness("\udcc3\udca9", W1),),
        (KnownWitness("a", W1, "https://a b"),),
        (KnownLog(W1, "a\nquorum none"),),
        (KnownWitness("a", PLAIN[0].verifier),),
        (Group("g", 0, ()),),
        (Group("g", 1, ("a",)), KnownWitness("a", W1)),
    ],
)
def test_no_policy_can_be_made_that_cannot_be_written(definitions: tuple[Definition, ...]) -> None:
    with pytest.raises(InvalidPolicy):
        Policy(definitions, NONE)


@pytest.mark.parametrize(
    ("numbers", "met"),
    [
        ((), False),
        ((1, 2), False),
        ((1, 4), False),
        ((1, 2, 4), True),
        ((3, 2, 6), True),
        ((4, 5, 6), False),
        ((1, 2, 3), False),
        ((1, 2, 3, 4, 5, 6), True),
    ],
)
def test_two_of_the_three_and_one_of_the_others_make_the_quorum(numbers: Sequence[int], met: bool) -> None:  # noqa: FBT001 - a table
    finding = policy(EXAMPLE).met(checkpoint(*numbers))
    assert bool(finding) is finding.quorum_met is met
    assert finding.checkpoint == CHECKPOINT
    assert finding.log == LOG.verifier
    names = {1: "X1", 2: "X2", 3: "X3", 4: "Y1", 5: "Y2", 6: "Y3"}
    assert finding.cosigned == tuple(Cosigned(names[number], TIME + number) for number in sorted(numbers))


def test_a_quorum_may_be_one_witness_or_none() -> None:
    listed = f"log {LOG.verifier}\nwitness w1 {W1}\nwitness w2 {W2}\n"
    assert policy(f"{listed}quorum w1\n").met(checkpoint(1))
    assert not policy(f"{listed}quorum w1\n").met(checkpoint(2))
    assert policy(f"{listed}quorum none\n").met(checkpoint())


def test_a_cosignature_made_under_another_key_name_or_type_does_not_count() -> None:
    read = policy(f"log {LOG.verifier}\nwitness w1 {W1}\nquorum w1\n")
    impostor = dataclasses.replace(WITNESSES[0], name="impostor.example")
    assert not read.met(cosigned(checkpoint(), impostor, TIME))
    assert not read.met(checkpoint().with_signature(PLAIN[0].signature(CHECKPOINT.text)))


def test_a_wrong_signature_of_a_known_witness_makes_the_checkpoint_refused() -> None:
    wrong = Signature(W1.name, W1.key_id, bytes(72))
    with pytest.raises(InvalidNote, match="Wit1 does not verify"):
        policy(EXAMPLE).met(checkpoint(2, 3, 4).with_signature(wrong))


def test_no_number_of_witnesses_stands_in_for_the_log() -> None:
    witnessed = checkpoint(1, 2, 3, 4, 5, 6)
    with pytest.raises(InvalidNote, match="No trusted log"):
        policy(EXAMPLE).met(Note(witnessed.text, witnessed.signatures[1:]))
    with pytest.raises(InvalidNote, match="None of the known keys"):
        policy(EXAMPLE).met(CHECKPOINT.signed(SigningKey.generate(ORIGIN)))


def test_a_log_signs_for_its_own_origin_only() -> None:
    other = SigningKey.generate("other.example")
    read = policy(f"log {LOG.verifier}\nlog {other.verifier}\nquorum none\n")
    assert read.met(checkpoint()).log == LOG.verifier
    assert read.met(Checkpoint("other.example", 1, bytes(32)).signed(other)).log == other.verifier
    with pytest.raises(InvalidNote, match="No trusted log"):
        read.met(Note(CHECKPOINT.text, (other.signature(CHECKPOINT.text),)))


def test_a_note_that_is_no_checkpoint_is_refused() -> None:
    with pytest.raises(InvalidNote):
        policy(EXAMPLE).met(Note("hello\n", (LOG.signature("hello\n"),)))


def test_a_policy_without_a_log_needs_one_to_be_given() -> None:
    read = policy(f"witness w1 {W1}\nquorum w1\n")
    assert read.met(checkpoint(1), LOG.verifier)
    with pytest.raises(InvalidPolicy, match="lists no log"):
        read.met(checkpoint(1))


def test_groups_nest_as_deep_as_a_policy_is_long() -> None:
    lines = [f"log {LOG.verifier}", f"witness g0 {W1}"]
    lines += [f"group g{number} all g{number - 1}" for number in range(1, 5000)]
    assert policy("\n".join([*lines, "quorum g4999", ""])).met(checkpoint(1))


def test_a_policy_has_room_for_what_the_specification_recommends() -> None:
    keys = [VerifierKey(f"k{number}", COSIGNATURE_V1, bytes([number]) * 32) for number in range(64)]
    lines = [f"log {key}" for key in keys[:32]] + [f"witness {key.name} {key}" for key in keys[32:]]
    lines += [f"group g-{key.name} any {key.name}" for key in keys[32:]]
    assert len(policy("\n".join([*lines, "quorum g-k63", ""])).definitions) == 96


words = st.text(st.characters(exclude_categories=["Cs"]).filter(lambda one: one > " " and one != "\x7f"), min_size=1)
urls = st.none() | words


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    names = draw(st.lists(words.filter(lambda word: word != NONE), min_size=6, max_size=10, unique=True))
    definitions: list[Definition] = [KnownLog(LOG.verifier, draw(urls))]
    free: list[str] = []
    for number, name in enumerate(names):
        if number < 6 and (not free or draw(st.booleans())):
            definitions.append(KnownWitness(name, WITNESSES[number].verifier, draw(urls)))
        elif free:
            members = draw(st.lists(st.sampled_from(free), min_size=1, unique=True))
            definitions.append(Group(name, draw(st.integers(1, len(members))), tuple(members)))
            free = [one for one in free if one not in members]
        free.append(name)
    return Policy(tuple(definitions), draw(st.sampled_from([NONE, *names])))


def witnessed(read: Policy, name: str, cosigners: set[VerifierKey]) -> bool:
    """The definition of the specification, from the quorum down; `Policy.met` works from the witnesses up."""
    for definition in read.definitions:
        if isinstance(definition, KnownWitness) and definition.name == name:
            return definition.key in cosigners
        if isinstance(definition, Group) and definition.name == name:
            return sum(witnessed(read, one, cosigners) for one in definition.members) >= definition.threshold
    return name == NONE


@given(policies())
def test_every_policy_is_read_as_it_was_written(one: Policy) -> None:
    assert Policy.parse(one.encoded()) == one


@given(policies(), st.sets(st.integers(1, 6)))
def test_a_quorum_is_met_when_its_definition_says_so(one: Policy, numbers: set[int]) -> None:
    cosigners = {WITNESSES[number - 1].verifier for number in numbers}
    assert bool(one.met(checkpoint(*numbers))) is witnessed(one, one.quorum, cosigners)
