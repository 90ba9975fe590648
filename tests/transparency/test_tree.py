from __future__ import annotations

from hashlib import sha256

import plain_tree
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plain_tree import LEAF_HASHES

from ledger.transparency.errors import TransparencyError
from ledger.transparency.tree import EMPTY_ROOT, HASH_SIZE, CompactRange, leaf_hash, node_hash

sizes = st.integers(0, 600)

# The leaves that Certificate Transparency's own tests have used from the start, and the roots of their trees.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def grown(size: int) -> CompactRange:
    edge = CompactRange()
    edge.extend(LEAF_HASHES[:size])
    return edge


def test_known_leaves_have_the_roots_that_other_logs_compute() -> None:
    edge = CompactRange()
    roots = [edge.root().hex()]
    for leaf in LEAVES:
        edge.add(leaf_hash(leaf))
        roots.append(edge.root().hex())
    assert roots == ROOTS


def test_leaves_and_nodes_are_hashed_after_different_bytes() -> None:
    left, right = LEAF_HASHES[:2]
    assert leaf_hash(left + right) == sha256(b"\x00" + left + right).digest()
    assert node_hash(left, right) == sha256(b"\x01" + left + right).digest()


def test_the_empty_tree_has_the_hash_of_nothing_as_its_root() -> None:
    assert CompactRange().root() == EMPTY_ROOT == sha256(b"").digest()
    assert CompactRange() == CompactRange.of(0, [])


@given(sizes)
def test_the_root_is_that_of_the_definition(size: int) -> None:
    assert grown(size).root() == plain_tree.tree_hash(0, size)


@given(st.lists(st.integers(0, 300), max_size=5))
def test_leaves_in_any_portions_make_the_same_tree_as_one_by_one(portions: list[int]) -> None:
    by_portion, one_by_one = CompactRange(), CompactRange()
    begin = 0
    for portion in portions:
        leaves = LEAF_HASHES[begin : begin + portion]
        completed = [node for leaf in leaves for node in one_by_one.add(leaf)]
        assert by_portion.extend(iter(leaves)) == completed
        assert by_portion == one_by_one
        begin += portion
    assert by_portion.size == begin


@given(sizes)
def test_the_edge_is_the_perfect_subtrees_largest_first(size: int) -> None:
    begin, subtrees = 0, []
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            subtrees.append(plain_tree.tree_hash(begin, begin + (1 << level)))
            begin += 1 << level
    assert grown(size).hashes == tuple(subtrees)


@given(sizes, sizes)
def test_an_edge_read_back_goes_on_as_if_it_had_stayed(size: int, more: int) -> None:
    edge = grown(size)
    for copy in (CompactRange.decoded(edge.size, edge.encoded), CompactRange.of(edge.size, edge.hashes)):
        assert copy == edge
        copy.extend(LEAF_HASHES[size : size + more])
        assert copy == grown(size + more)
    assert edge == grown(size)


def test_nodes_of_every_eighth_level_are_told_when_complete_by_level_and_index() -> None:
    leaves = [sha256(b"%d" % number).digest() for number in range(70_000)]
    edge = CompactRange()
    completed = edge.extend(leaves[:255])
    assert completed == []
    completed = edge.extend(leaves[255:])
    assert [(level, index) for level, index, _ in completed] == [(8, index) for index in range(273)] + [(16, 0)]
    part = CompactRange()
    part.extend(leaves[256:512])
    assert completed[1][2] == part.root()
    above = CompactRange()
    above.extend(value for level, _, value in completed[:256] if level == 8)
    assert completed[-1] == (16, 0, above.root())


def test_an_append_that_fails_changes_nothing() -> None:
    edge = grown(5)
    with pytest.raises(TransparencyError, match="has 32 bytes"):
        edge.extend([LEAF_HASHES[5], b"short", LEAF_HASHES[6]])
    assert edge == grown(5)


@pytest.mark.parametrize(
    ("size", "hashes", "why"),
    [
        (5, LEAF_HASHES[:1], "has 2 hashes, not 1"),
        (5, LEAF_HASHES[:3], "has 2 hashes, not 3"),
        (0, LEAF_HASHES[:1], "has 0 hashes, not 1"),
        (1, [b"x" * 31], "has 32 bytes"),
        (1, [b"x" * 33], "has 32 bytes"),
        (-1, [], "from 0 to"),
        (2**64, LEAF_HASHES[:1], "from 0 to"),
    ],
)
def test_an_edge_that_no_tree_of_that_size_has_is_refused(size: int, hashes: list[bytes], why: str) -> None:
    with pytest.raises(TransparencyError, match=why):
        CompactRange.of(size, hashes)


def test_an_encoded_edge_with_a_byte_too_few_or_too_many_is_refused() -> None:
    encoded = grown(5).encoded
    assert len(encoded) == 2 * HASH_SIZE
    for broken in (encoded[:-1], encoded + b"x", encoded[:HASH_SIZE], b""):
        with pytest.raises(TransparencyError):
            CompactRange.decoded(5, broken)


def test_edges_differ_by_size_as_well_as_hashes_and_cannot_be_keys() -> None:
    assert CompactRange.of(1, LEAF_HASHES[:1]) != CompactRange.of(2, LEAF_HASHES[:1])
    assert CompactRange.of(1, LEAF_HASHES[:1]) != "an edge"
    assert eval(repr(grown(3))) == grown(3)  # noqa: S307 - a repr is Python
    with pytest.raises(TypeError):
        hash(grown(3))
