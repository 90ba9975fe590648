from __future__ import annotations

from collections.abc import Iterator

import plain_tree
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plain_tree import LEAF_HASHES, node

from ledger.transparency import proofs
from ledger.transparency.errors import InvalidProof
from ledger.transparency.proofs import verify_consistency, verify_inclusion

MOST = 80
HUGE = 2**64 - 1


@st.composite
def leaves_in_trees(draw: st.DrawFn) -> tuple[int, int]:
    size = draw(st.integers(1, MOST))
    return draw(st.integers(0, size - 1)), size


@st.composite
def grown_trees(draw: st.DrawFn) -> tuple[int, int]:
    new = draw(st.integers(1, MOST))
    return draw(st.integers(1, new)), new


def flipped(value: bytes) -> Iterator[bytes]:
    """Each value that differs in one bit."""
    number = int.from_bytes(value, "big")
    for bit in range(len(value) * 8):
        yield (number ^ 1 << bit).to_bytes(len(value), "big")


def flipped_in(proof: list[bytes]) -> Iterator[list[bytes]]:
    for place, value in enumerate(proof):
        for other in flipped(value):
            yield [*proof[:place], other, *proof[place + 1 :]]


def misshapen(proof: list[bytes]) -> Iterator[list[bytes]]:
    """Proofs with a hash too many or too few, or one of another length."""
    for place in range(len(proof) + 1):
        yield [*proof[:place], LEAF_HASHES[0], *proof[place:]]
    for place, value in enumerate(proof):
        yield [*proof[:place], *proof[place + 1 :]]
        for other in (value[:-1], value + b"\x00", b""):
            yield [*proof[:place], other, *proof[place + 1 :]]


def refuses_inclusion(index: int, size: int, leaf: bytes, proof: list[bytes], root: bytes) -> bool:
    try:
        verify_inclusion(index, size, leaf, proof, root)
    except InvalidProof as error:
        return str(error).endswith(".")
    return False


def refuses_consistency(old: int, new: int, proof: list[bytes], old_root: bytes, new_root: bytes) -> bool:
    try:
        verify_consistency(old, new, proof, old_root, new_root)
    except InvalidProof as error:
        return str(error).endswith(".")
    return False


def test_audit_paths_are_those_of_the_example_in_rfc_6962() -> None:
    a, b, c, d, e, f, _ = (node(0, index) for index in range(7))
    assert len({a, b, c, d, e, f}) == 6
    g, h, i, j = node(1, 0), node(1, 1), node(1, 2), node(0, 6)
    k, el = node(2, 0), plain_tree.tree_hash(4, 7)
    assert proofs.inclusion_proof(0, 7, node) == [b, h, el]
    assert proofs.inclusion_proof(3, 7, node) == [c, g, el]
    assert proofs.inclusion_proof(4, 7, node) == [f, j, k]
    assert proofs.inclusion_proof(6, 7, node) == [i, k]
    assert proofs.consistency_proof(3, 7, node) == [c, d, g, el]
    assert proofs.consistency_proof(4, 7, node) == [el]
    assert proofs.consistency_proof(6, 7, node) == [i, j, k]


@given(st.integers(0, len(LEAF_HASHES)))
def test_a_root_made_from_nodes_is_that_of_the_definition(size: int) -> None:
    assert proofs.root(size, node) == plain_tree.tree_hash(0, size)


@given(leaves_in_trees())
def test_an_audit_path_is_that_of_the_definition_and_verifies(leaf: tuple[int, int]) -> None:
    index, size = leaf
    proof = proofs.inclusion_proof(index, size, node)
    assert proof == plain_tree.hashes(plain_tree.path(index, 0, size))
    verify_inclusion(index, size, LEAF_HASHES[index], proof, plain_tree.tree_hash(0, size))


@given(grown_trees())
def test_a_consistency_proof_is_that_of_the_definition_and_verifies(trees: tuple[int, int]) -> None:
    old, new = trees
    proof = proofs.consistency_proof(old, new, node)
    assert proof == plain_tree.hashes(plain_tree.subproof(old, 0, new, whole=True))
    verify_consistency(old, new, proof, plain_tree.tree_hash(0, old), plain_tree.tree_hash(0, new))


@given(leaves_in_trees())
def test_one_bit_changed_in_an_audit_path_leaf_hash_or_root_is_refused(leaf: tuple[int, int]) -> None:
    index, size = leaf
    proof, root = proofs.inclusion_proof(index, size, node), plain_tree.tree_hash(0, size)
    assert all(refuses_inclusion(index, size, other, proof, root) for other in flipped(LEAF_HASHES[index]))
    assert all(refuses_inclusion(index, size, LEAF_HASHES[index], proof, other) for other in flipped(root))
    assert all(refuses_inclusion(index, size, LEAF_HASHES[index], other, root) for other in flipped_in(proof))


@given(grown_trees())
def test_one_bit_changed_in_a_consistency_proof_or_either_root_is_refused(trees: tuple[int, int]) -> None:
    old, new = trees
    proof = proofs.consistency_proof(old, new, node)
    roots = plain_tree.tree_hash(0, old), plain_tree.tree_hash(0, new)
    assert all(refuses_consistency(old, new, other, *roots) for other in flipped_in(proof))
    assert all(refuses_consistency(old, new, proof, other, roots[1]) for other in flipped(roots[0]))
    assert all(refuses_consistency(old, new, proof, roots[0], other) for other in flipped(roots[1]))


@given(leaves_in_trees())
def test_an_audit_path_too_long_too_short_or_of_odd_hashes_is_refused(leaf: tuple[int, int]) -> None:
    index, size = leaf
    proof, root = proofs.inclusion_proof(index, size, node), plain_tree.tree_hash(0, size)
    assert all(refuses_inclusion(index, size, LEAF_HASHES[index], other, root) for other in misshapen(proof))
    for odd in (b"", root[:-1], root + b"\x00"):
        assert refuses_inclusion(index, size, LEAF_HASHES[index], proof, odd)
        assert refuses_inclusion(index, size, odd, proof, root)


@given(grown_trees())
def test_a_consistency_proof_too_long_too_short_or_of_odd_hashes_is_refused(trees: tuple[int, int]) -> None:
    old, new = trees
    proof = proofs.consistency_proof(old, new, node)
    roots = plain_tree.tree_hash(0, old), plain_tree.tree_hash(0, new)
    assert all(refuses_consistency(old, new, other, *roots) for other in misshapen(proof))
    for odd in (b"", roots[0][:-1], roots[0] + b"\x00"):
        assert refuses_consistency(old, new, proof, odd, roots[1])
        assert refuses_consistency(old, new, proof, roots[0], odd)


@given(leaves_in_trees())
def test_an_audit_path_proves_one_index_and_only_sizes_where_the_path_runs_alike(leaf: tuple[int, int]) -> None:
    index, size = leaf
    proof, root = proofs.inclusion_proof(index, size, node), plain_tree.tree_hash(0, size)
    for other in (*range(-1, index), *range(index + 1, MOST), HUGE):
        assert refuses_inclusion(other, size, LEAF_HASHES[index], proof, root)
    sides = plain_tree.sides(plain_tree.path(index, 0, size))
    for other in (*range(-1, 2 * MOST), 2**64):
        alike = index < other < 2**64 and sides == plain_tree.sides(plain_tree.path(index, 0, other))
        assert refuses_inclusion(index, other, LEAF_HASHES[index], proof, root) is not alike


@given(grown_trees())
def test_a_consistency_proof_proves_only_sizes_where_the_paths_run_alike(trees: tuple[int, int]) -> None:
    old, new = trees
    proof = proofs.consistency_proof(old, new, node)
    roots = plain_tree.tree_hash(0, old), plain_tree.tree_hash(0, new)
    sides = plain_tree.sides(plain_tree.subproof(old, 0, new, whole=True))
    for other in range(-1, 2 * MOST):
        alike = 0 < other <= new and sides == plain_tree.sides(plain_tree.subproof(other, 0, new, whole=True))
        assert refuses_consistency(other, new, proof, *roots) is not alike
        alike = other >= old and sides == plain_tree.sides(plain_tree.subproof(old, 0, other, whole=True))
        assert refuses_consistency(old, other, proof, *roots) is not alike


@given(grown_trees(), st.data())
def test_a_log_that_changed_an_old_leaf_cannot_prove_consistency(trees: tuple[int, int], data: st.DataObject) -> None:
    old, new = trees
    changed = data.draw(st.integers(0, old - 1))
    leaves = [b"\xff" * 32 if place == changed else value for place, value in enumerate(LEAF_HASHES[:new])]

    def forged(level: int, index: int) -> bytes:
        row = leaves[index << level : (index + 1) << level]
        while len(row) > 1:
            row = [plain_tree.digest(b"\x01", *row[place : place + 2]) for place in range(0, len(row), 2)]
        return row[0]

    proof = proofs.consistency_proof(old, new, forged)
    assert refuses_consistency(old, new, proof, plain_tree.tree_hash(0, old), proofs.root(new, forged))


def test_a_refusal_says_which_hash_has_an_odd_length() -> None:
    proof, root = proofs.inclusion_proof(3, 6, node), plain_tree.tree_hash(0, 6)
    proof[1] = proof[1][:-1]
    with pytest.raises(InvalidProof, match="The proof's hash 2 has 31 bytes; a hash has 32"):
        verify_inclusion(3, 6, LEAF_HASHES[3], proof, root)
    with pytest.raises(InvalidProof, match="The root has 33 bytes"):
        verify_inclusion(3, 6, LEAF_HASHES[3], proof, root + b"x")
    with pytest.raises(InvalidProof, match="The new root has 0 bytes"):
        verify_consistency(6, 6, [], root, b"")


def test_a_tree_of_one_leaf_has_the_leaf_as_root_and_an_empty_path() -> None:
    leaf = LEAF_HASHES[0]
    assert proofs.inclusion_proof(0, 1, node) == []
    verify_inclusion(0, 1, leaf, [], leaf)


def test_equal_sizes_are_consistent_by_equal_roots_and_an_empty_proof_alone() -> None:
    root = plain_tree.tree_hash(0, 6)
    assert proofs.consistency_proof(6, 6, node) == []
    verify_consistency(6, 6, [], root, root)
    assert refuses_consistency(6, 6, [root], root, root)
    with pytest.raises(InvalidProof, match="not the same log"):
        verify_consistency(6, 6, [], root, LEAF_HASHES[0])


def test_no_proof_can_be_asked_for_or_shown_of_an_empty_shrunken_or_impossible_tree() -> None:
    root = LEAF_HASHES[0]
    for old, new in ((0, 0), (0, 5), (5, 3), (-1, 3), (3, -1), (1, 2**64), (10**5_000, 10**5_000)):
        with pytest.raises(InvalidProof):
            proofs.consistency_proof(old, new, node)
        assert refuses_consistency(old, new, [], root, root)
    for index, size in ((0, 0), (3, 3), (4, 3), (-1, 3), (0, -1), (0, 2**64), (10**5_000, 3)):
        with pytest.raises(InvalidProof):
            proofs.inclusion_proof(index, size, node)
        assert refuses_inclusion(index, size, root, [], root)
    for size in (-1, 2**64):
        with pytest.raises(InvalidProof):
            proofs.root(size, node)


def test_the_largest_tree_that_can_be_is_proved_in_64_hashes() -> None:
    def same(level: int, _: int) -> bytes:
        value = LEAF_HASHES[0]
        for _ in range(level):
            value = plain_tree.digest(b"\x01", value, value)
        return value

    root = proofs.root(HUGE, same)
    path = proofs.inclusion_proof(0, HUGE, same)
    assert len(path) == 64
    verify_inclusion(0, HUGE, LEAF_HASHES[0], path, root)
    last = proofs.consistency_proof(HUGE - 1, HUGE, same)
    verify_consistency(HUGE - 1, HUGE, last, proofs.root(HUGE - 1, same), root)
    longest = max(len(proofs.consistency_proof(old, HUGE, same)) for old in (1, 2**63 - 1, 2**63 + 1, 2**62 + 1))
    assert longest == 65
