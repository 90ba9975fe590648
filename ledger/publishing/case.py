"""A case to hand over: an answer, the entries behind it, and all that shows without us that the log holds them.

docs/verifying.md describes every file of it, for a reader who trusts nobody.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from hashlib import sha256
from importlib import resources
from itertools import groupby
from typing import TYPE_CHECKING, Final

from ledger.canonical import canonical, parse
from ledger.errors import Damaged, Malformed, NotFound, Refused
from ledger.publishing.bagit import write_bag
from ledger.publishing.spreadsheet import table
from ledger.transparency.checkpoints import Checkpoint, hash_line
from ledger.transparency.errors import TransparencyError
from ledger.transparency.notes import Note
from ledger.transparency.policies import Policy
from ledger.transparency.proofs import inclusion_proof, root, verify_inclusion
from ledger.transparency.tiles import TiledNodes
from ledger.transparency.tlog_proofs import TlogProof
from ledger.transparency.tree import leaf_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from ledger.publishing.source import Source

FORMAT: Final = "tillit-case/1"

MAX_LEAVES: Final = 100_000
MAX_FILE: Final = 256 * 2**20
"""Bytes of one file."""
MAX_PAYLOAD: Final = 960 * 2**20
"""Bytes of all files. The verifiers refuse more of any of these, so that a hostile bag cannot exhaust their reader; of
a whole bag they take 1024 MiB, which leaves room for the manifests."""

MAX_DEPTH: Final = 64
"""Levels of arrays and objects in one JSON text; the verifiers refuse more."""

_BATCH: Final = 500
_NO_DISCLOSURE: Final = "A disclosure cannot be handed over: {why}."
_VERIFIERS: Final = ("verify_case.py", "verify_case.html")


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked of the log and what it answered.

    `words` is the question as it was put; `as_of` the day in the world that it was asked about, if any; `known_at`
    the position (counted from 1) of the last entry that the answer takes into account. Each row has one JSON value
    for each of `columns`, in their order; the rows come in the order of the answer, which is part of it.
    """

    words: str
    as_of: str | None
    known_at: int
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]

    @property
    def answer(self) -> bytes:
        """The RFC 8785 bytes of {"columns": [...], "rows": [[...], ...]}, which is data/rows.json.

        Raises Malformed "case.answer" if a row has another number of values than there are columns, or a value is
        not among those the ledger's JSON has: no floats (amounts and decimals are strings), no integer beyond
        ±(2^53-1), no lone surrogate, no deeper than MAX_DEPTH.
        """
        if any(len(row) != len(self.columns) for row in self.rows):
            raise Malformed("case.answer", "The answer makes no case: {why}.", why="a row has not one value a column")
        return _json({"columns": self.columns, "rows": self.rows}, "case.answer", "The answer makes no case: {why}.")

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of `answer`, in hex. Whoever has the whole log asks again and must get the same."""
        return sha256(self.answer).hexdigest()


@dataclass(frozen=True, slots=True)
class Case:
    """A case before it is written.

    `checkpoint` is a signed note of the log; `positions` are those of the entries behind the rows, and of those that
    erased a text of theirs, counted from 1, none above `query.known_at`. `policy` (C2SP tlog-policy) says whose
    cosignatures the log's keeper reckons with. `disclosures` are those meant for this reader: the texts "digest",
    "salt" and "value", as disclosure_digest has them, and "name" where the digest covers one.
    """

    checkpoint: bytes
    query: Query
    positions: tuple[int, ...]
    policy: bytes | None = None
    disclosures: tuple[Mapping[str, object], ...] = ()


def disclosure_digest(salt: str, value: str, name: str | None = None) -> str:
    """The digest that stands in an entry in place of `value`: 43 characters (SD-JWT, RFC 9901, 4.2.3).

    It is base64url(SHA-256(base64url(array))), unpadded, where the array is [salt, name, value], or [salt, value]
    without a name. The RFC leaves the form of the array's JSON open, and who checks must know one: that of the RFC's
    examples, with a space after each comma and nothing escaped that need not be. Raises Malformed "case.disclosure".
    """
    array = [salt, value] if name is None else [salt, name, value]
    try:
        return _base64url(sha256(_base64url(json.dumps(array, ensure_ascii=False).encode()).encode()).digest())
    except UnicodeEncodeError as problem:
        raise Malformed("case.disclosure", _NO_DISCLOSURE, why="a text of it has no UTF-8 form") from problem


def export_case(source: Source, folder: Path, case: Case, progress: Callable[[int, int], None] | None = None) -> None:
    """Write `case` as a bag into `folder`, whole or not at all; two exports of one case are the same bytes.

    `progress` is told how many entries are done and of how many. Every proof is verified before it is written.
    Raises Malformed if the case contradicts itself ("case.checkpoint", "case.known_at", "case.positions",
    "case.answer", "case.policy", "case.disclosure"), NotFound "case.beyond" if the log is not so far yet, Refused
    "case.too_large" or "case.folder_taken", Unavailable "case.folder", and Damaged "case.root" or "case.leaf" if the
    log holds something else than its checkpoint says.
    """
    note, checkpoint = _checkpoint(case.checkpoint, source.origin)
    _check(case, checkpoint)
    tree = source.tree()
    if checkpoint.size > tree.size:
        template = "The checkpoint is of {size} entries and the log has {has}; take it from a newer copy."
        raise NotFound("case.beyond", template, size=checkpoint.size, has=tree.size)
    nodes = TiledNodes(source.tile)
    if root(checkpoint.size, nodes.node) != checkpoint.root:
        template = "The log's first {size} entries have not the root that the checkpoint states; nothing is exported."
        raise Damaged("case.root", template, size=checkpoint.size)
    answer = case.query.answer
    leaves = list(_leaves(source, case.positions))
    committed = {text for leaf in leaves for text in _texts(parse(leaf))} if case.disclosures else set[str]()
    disclosures = [_disclosure(each, committed) for each in case.disclosures]

    def payload() -> Iterator[tuple[str, bytes]]:
        yield "checkpoint", case.checkpoint
        if case.policy is not None:
            yield "policy", case.policy
        yield "query.json", _statement(case, checkpoint)
        yield "rows.json", answer
        yield "rows.csv", table(case.query.columns, case.query.rows)
        yield "leaves.jsonl", _lines(leaves)
        if disclosures:
            yield "disclosures.jsonl", _lines(disclosures)
        for done, (position, leaf) in enumerate(zip(case.positions, leaves, strict=True), 1):
            yield f"proofs/{position}.tlog-proof", _proof(position, leaf, note, checkpoint, nodes)
            if progress:
                progress(done, len(leaves))

    # The verifiers lie outside the payload: they are no evidence, and a repaired one must not change what is.
    verifiers = {name: _verifier(name) for name in _VERIFIERS}
    # No date: it would be our word for a day, and the same case would not give the same bag.
    info = {"External-Identifier": f"{checkpoint.origin} {checkpoint.size}", "Bag-Software-Agent": "Tillit"}
    write_bag(folder, _within_limits(payload()), info, verifiers)


def _checkpoint(data: bytes, origin: str) -> tuple[Note, Checkpoint]:
    try:
        note = Note.parse(data)
        checkpoint = Checkpoint.parse(note.text)
    except TransparencyError as problem:
        template = "The checkpoint is none: {why}"
        raise Malformed("case.checkpoint", template, why=problem.sentence) from problem
    if checkpoint.origin != origin:
        template = "The checkpoint is none of this log: {why}"
        raise Malformed("case.checkpoint", template, why=f"it is of {checkpoint.origin}, not of {origin}.")
    return note, checkpoint


def _check(case: Case, checkpoint: Checkpoint) -> None:
    """Raises Malformed or Refused if no bag of the case would verify."""
    if not 0 <= case.query.known_at <= checkpoint.size:
        template = "The question was asked at position {known_at} and the checkpoint ends at {size}."
        raise Malformed("case.known_at", template, known_at=case.query.known_at, size=checkpoint.size)
    ascending = all(one < next_ for one, next_ in zip(case.positions, case.positions[1:], strict=False))
    if case.positions and not (ascending and case.positions[0] >= 1 and case.positions[-1] <= case.query.known_at):
        template = "The entries of a case stand in their order, each once, from 1 to {known_at}."
        raise Malformed("case.positions", template, known_at=case.query.known_at)
    if len(case.positions) > MAX_LEAVES:
        template = "The case has {count} entries and {limit} is the most; ask a narrower question or export the log."
        raise Refused("case.too_large", template, count=len(case.positions), limit=MAX_LEAVES)
    if case.policy is not None:
        try:
            Policy.parse(case.policy)
        except TransparencyError as problem:
            template = "The policy cannot be handed over: {why}"
            raise Malformed("case.policy", template, why=problem.sentence) from problem


def _leaves(source: Source, positions: Sequence[int]) -> Iterator[bytes]:
    """The leaves at `positions`, which ascend, in as few reads as they lie in runs. Raises Damaged, Refused."""
    octets = 0
    for _, run in groupby(enumerate(positions), lambda pair: pair[1] - pair[0]):
        wanted = [position for _, position in run]
        for start in range(0, len(wanted), _BATCH):
            batch = wanted[start : start + _BATCH]
            found = source.log(batch[0] - 1, len(batch))
            if [leaf.position for leaf in found] != batch:
                template = "The log has not all of its entries {first} to {last}; nothing is exported."
                raise Damaged("case.leaf", template, first=batch[0], last=batch[-1])
            octets += sum(len(leaf.leaf) + 1 for leaf in found)
            if octets > MAX_FILE:
                template = "The entries of the case take more than {limit} bytes; ask a narrower question."
                raise Refused("case.too_large", template, limit=MAX_FILE)
            yield from (leaf.leaf for leaf in found)


def _proof(position: int, leaf: bytes, note: Note, checkpoint: Checkpoint, nodes: TiledNodes) -> bytes:
    index = position - 1
    path = inclusion_proof(index, checkpoint.size, nodes.node)
    try:
        # The hash is computed anew: what is proved must be the bytes that go into the bag.
        verify_inclusion(index, checkpoint.size, leaf_hash(leaf), path, checkpoint.root)
    except TransparencyError as problem:
        template = "Entry {position} is not the one that the checkpoint covers; nothing is exported."
        raise Damaged("case.leaf", template, position=position) from problem
    return TlogProof(index, tuple(path), note).encoded()


def _statement(case: Case, checkpoint: Checkpoint) -> bytes:
    """data/query.json, the population statement: who has the whole log asks again and must get the same answer."""
    query = case.query
    statement = {
        "format": FORMAT,
        "words": query.words,
        "as_of": query.as_of,
        "known_at": query.known_at,
        "rows": len(query.rows),
        "fingerprint": query.fingerprint,
        "positions": case.positions,
        "origin": checkpoint.origin,
        "tree_size": checkpoint.size,
        "root": hash_line(checkpoint.root),
    }
    return _json(statement, "case.answer", "The question makes no case: {why}.")


def _disclosure(disclosure: Mapping[str, object], committed: set[str]) -> bytes:
    """One line of data/disclosures.jsonl. Raises Malformed unless it opens a digest that is among the texts."""
    texts = {part: text for part, text in disclosure.items() if isinstance(text, str)}
    if len(texts) != len(disclosure) or set(texts) - {"name"} != {"digest", "salt", "value"}:
        why = "it is not the texts digest, salt and value, with a name or without"
        raise Malformed("case.disclosure", _NO_DISCLOSURE, why=why)
    digest = disclosure_digest(texts["salt"], texts["value"], texts.get("name"))
    if digest != texts["digest"]:
        raise Malformed("case.disclosure", _NO_DISCLOSURE, why="its digest is another value's")
    if digest not in committed:
        raise Malformed("case.disclosure", _NO_DISCLOSURE, why="its digest stands in none of the entries")
    return canonical(texts)


def _texts(value: object) -> Iterator[str]:
    """All texts that are values inside a JSON value, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def _within_limits(files: Iterator[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    octets = 0
    for name, data in files:
        octets += len(data)
        if len(data) > MAX_FILE or octets > MAX_PAYLOAD:
            template = "The case is too large: {file} takes {bytes} bytes; ask a narrower question or export the log."
            raise Refused("case.too_large", template, file=name, bytes=len(data))
        yield name, data


def _json(value: Mapping[str, object], code: str, template: str) -> bytes:
    try:
        # There and back: what the ledger's reader would not take, no verifier does.
        written = canonical(value)
        if _depth(parse(written)) > MAX_DEPTH:
            raise ValueError(f"it is nested more than {MAX_DEPTH} deep")  # noqa: TRY301 - one sentence for all ways
    except (ValueError, RecursionError) as problem:
        raise Malformed(code, template, why=str(problem)) from problem
    return written


def _depth(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(_depth, value), default=0)
    return 0


def _lines(texts: Sequence[bytes]) -> bytes:
    return b"".join(text + b"\n" for text in texts)


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _verifier(name: str) -> bytes:
    return resources.files("ledger.publishing").joinpath("verifiers", name).read_bytes()
