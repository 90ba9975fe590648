from __future__ import annotations

from collections.abc import Sequence

import plain_tree
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plain_tree import LEAF_HASHES

from ledger.transparency import proofs
from ledger.transparency.errors import InvalidTile
from ledger.transparency.tiles import (
    Bundle,
    Tile,
    TiledNodes,
    decode_bundle,
    decode_tile,
    encode_bundle,
    encode_tile,
    entries_path,
    new_tiles,
    parse_path,
    tile_path,
    tiles_of,
)
from ledger.transparency.tree import CompactRange

widths = st.integers(1, 256)
tree_sizes = st.integers(0, 200_000) | st.integers(0, 300) | st.sampled_from([255, 256, 257, 65_535, 65_536, 65_537])


class Log:
    """Tiles of a tree, as a log that keeps leaf hashes and every eighth level has them, and a count of the reads."""

    def __init__(self, leaf_hashes: Sequence[bytes]) -> None:
        self.edge = CompactRange()
        self.rows: dict[int, list[bytes]] = {}
        self.reads: list[tuple[int, int]] = []
        self.grow(leaf_hashes)

    def grow(self, leaf_hashes: Sequence[bytes]) -> None:
        self.rows.setdefault(0, []).extend(leaf_hashes)
        for level, _, value in self.edge.extend(leaf_hashes):
            self.rows.setdefault(level // 8, []).append(value)

    def read(self, level: int, index: int) -> list[bytes]:
        self.reads.append((level, index))
        return self.rows.get(level, [])[index * 256 : (index + 1) * 256]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("tile/0/000", Tile(0, 0)),
        ("tile/0/273.p/112", Tile(0, 273, 112)),
        ("tile/1/x001/x234/067", Tile(1, 1_234_067)),
        ("tile/63/x001/000.p/1", Tile(63, 1_000, 1)),
        ("tile/2/999.p/255", Tile(2, 999, 255)),
        ("tile/entries/x001/x234/067.p/8", Bundle(1_234_067, 8)),
        ("tile/entries/000", Bundle(0)),
    ],
)
def test_paths_are_written_and_read_as_the_specification_shows(path: str, found: Tile | Bundle) -> None:
    assert found.path == path
    assert parse_path(path) == found


@given(st.integers(0, 63), st.integers(0, 2**56), widths)
def test_every_tile_and_bundle_is_found_again_by_its_path(level: int, index: int, width: int) -> None:
    assert parse_path(tile_path(level, index, width)) == Tile(level, index, width)
    assert parse_path(entries_path(index, width)) == Bundle(index, width)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "checkpoint",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/67",
        "tile/0/0067",
        "tile/0/x067",
        "tile/0/x000/067",
        "tile/0/001/067",
        "tile/0/x1/067",
        "tile/0/x001/x067",
        "tile/00/000",
        "tile/01/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/data/000",
        "/tile/0/000",
        "tile/0/000/",
        "tile/0/000\n",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/999",
        "tile/0/000.p/-1",
        "tile/0/../000",
        "tile/0/\u0660\u0660\u0660",
        "tile/entries/0",
        "tile/0/" + "x999/" * 2_000 + "999",
    ],
)
def test_any_other_spelling_of_a_path_is_refused(path: str) -> None:
    with pytest.raises(InvalidTile):
        parse_path(path)


def test_tiles_that_no_tree_has_have_no_path() -> None:
    for level, index, width in ((-1, 0, 256), (64, 0, 256), (0, -1, 256), (0, 0, 0), (0, 0, 257)):
        with pytest.raises(InvalidTile):
            tile_path(level, index, width)
    for index, width in ((-1, 256), (0, 0), (0, 257)):
        with pytest.raises(InvalidTile):
            entries_path(index, width)


def test_the_tiles_of_the_specifications_two_examples() -> None:
    of_70_000 = list(tiles_of(70_000))
    assert of_70_000[:273] == [Tile(0, index) for index in range(273)]
    assert of_70_000[273:] == [Tile(0, 273, 112), Tile(1, 0), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert list(tiles_of(256)) == [Tile(0, 0), Tile(1, 0, 1)]


def test_an_empty_tree_has_no_tiles() -> None:
    assert list(tiles_of(0)) == []


@given(tree_sizes)
def test_partial_tiles_are_as_wide_as_the_specification_says(size: int) -> None:
    partial = {tile.level: tile.width for tile in tiles_of(size) if tile.width < 256}
    assert partial == {level: size // 256**level % 256 for level in range(8) if size // 256**level % 256}
    full = {level: size // 256 ** (level + 1) for level in range(8)}
    for level, number in full.items():
        indices = [tile.index for tile in tiles_of(size) if tile.level == level and tile.width == 256]
        assert indices == list(range(number))


@given(st.lists(tree_sizes, min_size=1, max_size=6).map(sorted))
def test_tiles_written_while_the_tree_grows_are_those_of_the_whole_tree(sizes: list[int]) -> None:
    written: set[Tile] = set()
    old = 0
    for size in sizes:
        new = list(new_tiles(old, size))
        assert len(set(new)) == len(new)
        assert written.isdisjoint(new)
        written.update(new)
        assert written.issuperset(tiles_of(size))
        old = size
    assert {tile for tile in written if tile.width == 256} == {tile for tile in tiles_of(old) if tile.width == 256}


@pytest.mark.parametrize(("old", "new"), [(-1, 5), (5, 4), (0, -1)])
def test_a_tree_that_shrinks_has_no_new_tiles(old: int, new: int) -> None:
    with pytest.raises(InvalidTile):
        new_tiles(old, new)


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=256))
def test_a_tile_is_its_hashes_and_nothing_else(hashes: list[bytes]) -> None:
    assert encode_tile(hashes) == b"".join(hashes)
    assert decode_tile(encode_tile(hashes)) == hashes


@pytest.mark.parametrize("data", [b"", b"x" * 31, b"x" * 33, b"x" * (257 * 32)])
def test_a_tile_of_no_hashes_part_hashes_or_too_many_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidTile):
        decode_tile(data)


@pytest.mark.parametrize("hashes", [[], [b"x" * 31], [b"x" * 31, b"x" * 33], [b"x" * 32] * 257])
def test_a_tile_is_not_made_of_what_is_no_hash(hashes: list[bytes]) -> None:
    with pytest.raises(InvalidTile):
        encode_tile(hashes)


def test_a_bundle_gives_each_entry_after_its_length() -> None:
    assert encode_bundle([b"", b"ab", b"x" * 258]) == b"\x00\x00" + b"\x00\x02ab" + b"\x01\x02" + b"x" * 258


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=256))
def test_entries_come_out_of_a_bundle_as_they_went_in(leaves: list[bytes]) -> None:
    assert decode_bundle(encode_bundle(leaves)) == leaves


@given(st.binary(max_size=40))
def test_bytes_are_one_bundle_written_one_way_or_refused(data: bytes) -> None:
    try:
        leaves = decode_bundle(data)
    except InvalidTile:
        return
    assert encode_bundle(leaves) == data


@given(st.lists(st.binary(max_size=5), min_size=1, max_size=5))
def test_a_bundle_cut_inside_an_entry_is_refused(leaves: list[bytes]) -> None:
    whole = encode_bundle(leaves)
    ends = {len(encode_bundle(leaves[:count])) for count in range(1, len(leaves) + 1)}
    for length in set(range(len(whole))) - ends:
        with pytest.raises(InvalidTile):
            decode_bundle(whole[:length])


def test_a_bundle_with_bytes_after_its_entries_is_refused() -> None:
    with pytest.raises(InvalidTile, match="breaks off"):
        decode_bundle(encode_bundle([b"ab"]) + b"\x00")
    with pytest.raises(InvalidTile, match="goes on"):
        decode_bundle(encode_bundle([b"ab"] * 256) + b"\x00\x00")


@pytest.mark.parametrize("leaves", [[], [b""] * 257, [b"x" * 65_536]])
def test_a_bundle_is_not_made_of_no_entries_too_many_or_too_long_ones(leaves: list[bytes]) -> None:
    with pytest.raises(InvalidTile):
        encode_bundle(leaves)


def test_the_longest_entry_that_a_bundle_holds_has_65535_bytes() -> None:
    assert decode_bundle(encode_bundle([b"x" * 65_535])) == [b"x" * 65_535]


@given(st.integers(1, len(LEAF_HASHES)), st.data())
def test_nodes_out_of_tiles_are_those_of_the_definition(size: int, data: st.DataObject) -> None:
    nodes = TiledNodes(Log(LEAF_HASHES[:size]).read)
    level = data.draw(st.integers(0, size.bit_length() - 1))
    index = data.draw(st.integers(0, (size >> level) - 1))
    assert nodes.node(level, index) == plain_tree.node(level, index)
    leaf = data.draw(st.integers(0, size - 1))
    path = plain_tree.hashes(plain_tree.path(leaf, 0, size))
    assert proofs.inclusion_proof(leaf, size, nodes.node) == path
    old = data.draw(st.integers(1, size))
    proof = plain_tree.hashes(plain_tree.subproof(old, 0, size, whole=True))
    assert proofs.consistency_proof(old, size, nodes.node) == proof
    assert proofs.root(old, nodes.node) == plain_tree.tree_hash(0, old)


@given(st.integers(1, 1_000), st.integers(0, 1_000))
def test_nodes_go_on_when_the_tree_grows(size: int, more: int) -> None:
    log = Log(LEAF_HASHES[:size])
    nodes = TiledNodes(log.read)
    assert proofs.root(size, nodes.node) == log.edge.root()
    log.grow(LEAF_HASHES[size : size + more])
    assert proofs.root(size + more, nodes.node) == log.edge.root()


def test_a_proof_in_a_tree_of_a_million_leaves_reads_a_handful_of_tiles_once() -> None:
    size = 1_000_003
    log = Log([number.to_bytes(32, "big") for number in range(size)])
    root = log.edge.root()
    for leaf in (0, 255, 256, 65_536, 654_321, size - 1):
        nodes = TiledNodes(log.read)
        log.reads.clear()
        path = proofs.inclusion_proof(leaf, size, nodes.node)
        proofs.verify_inclusion(leaf, size, leaf.to_bytes(32, "big"), path, root)
        assert proofs.inclusion_proof(leaf, size, nodes.node) == path
        assert len(log.reads) == len(set(log.reads)) <= 5
    for old in (1, 256, 65_537, 654_321, size - 1):
        nodes = TiledNodes(log.read)
        log.reads.clear()
        proof = proofs.consistency_proof(old, size, nodes.node)
        assert len(log.reads) <= 5
        proofs.verify_consistency(old, size, proof, proofs.root(old, nodes.node), root)


def test_only_the_256_tiles_used_last_are_kept() -> None:
    log = Log([number.to_bytes(32, "big") for number in range(257 * 256)])
    nodes = TiledNodes(log.read)
    for leaf in range(0, 257 * 256, 256):
        nodes.node(0, leaf)
        nodes.node(0, 0)
    assert log.reads == [(0, index) for index in range(257)]
    nodes.node(0, 256)
    assert log.reads[257:] == [(0, 1)]


@pytest.mark.parametrize(
    ("hashes", "level", "index"),
    [
        ([], 0, 0),
        (LEAF_HASHES[:3], 0, 3),
        (LEAF_HASHES[:3], 1, 1),
        (LEAF_HASHES[:257], 0, 0),
        ([b"x" * 31], 0, 0),
        (LEAF_HASHES[:256], 0, -1),
        (LEAF_HASHES[:256], -1, 0),
        (LEAF_HASHES[:3], 512, 0),
    ],
)
def test_a_node_outside_its_tile_or_in_no_tile_is_refused(hashes: list[bytes], level: int, index: int) -> None:
    nodes = TiledNodes(lambda _level, _index: hashes)
    with pytest.raises(InvalidTile):
        nodes.node(level, index)
