#!/usr/bin/env python3
# ruff: noqa: EXE001, PLR2004 - run by `python`, not by its own name; its plain numbers are those of the formats
"""Verify a case that Tillit exported, without Tillit.

    python verify_case.py BAG --key VKEY [--json]

BAG is the folder of the case. VKEY is the log's public key, `name+id+base64` (C2SP signed-note). Have it from
someone whom you trust, not from the bag and not from whoever handed you the bag.

Exit code 0: everything that a case can prove is proved. 1: a check failed, and a sentence says which and why.
2: nothing could be checked (no such folder, no valid key). Read also what the output says is not proved.

This file needs Python 3.11 or later and the package `cryptography`, and nothing else. It is meant to be read from
top to bottom before it is trusted: what is read and how, the five checks in their order, then what is printed. It
shares no code with Tillit nor with verify_case.html, which does the same in a browser with the same sentences.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from itertools import islice
from pathlib import Path
from typing import TypeGuard

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    sys.stderr.write("This verifier needs the package cryptography: pip install cryptography\n")
    sys.exit(2)

# More than this is refused before it is read, so that a hostile bag cannot use up the reader's memory or time.
MAX_FILES = 100_020
MAX_FILE_BYTES = 256 * 2**20
MAX_BAG_BYTES = 1024 * 2**20
MAX_NOTE_BYTES = 1_000_000
MAX_SIGNATURES = 100
MAX_LEAF_BYTES = 65_535
MAX_NESTING = 64
MAX_INTEGER = 2**53 - 1

FORMAT = "tillit-case/1"
MANIFEST, TAG_MANIFEST = "manifest-sha256.txt", "tagmanifest-sha256.txt"
NEEDED = (
    "bagit.txt",
    "bag-info.txt",
    MANIFEST,
    TAG_MANIFEST,
    "data/checkpoint",
    "data/leaves.jsonl",
    "data/query.json",
    "data/rows.json",
    "data/rows.csv",
)
# A case has these files and no other. A path that a manifest names is compared with this list and with the files
# that were found; it is never opened, so it does not matter where it would lead.
KNOWN_FILE = re.compile(
    r"bagit\.txt|bag-info\.txt|manifest-sha256\.txt|tagmanifest-sha256\.txt|verify_case\.py|verify_case\.html"
    r"|data/(?:checkpoint|policy|query\.json|rows\.json|rows\.csv|leaves\.jsonl|disclosures\.jsonl)"
    r"|data/proofs/[1-9][0-9]{0,15}\.tlog-proof"
)
FOLDERS = ("data", "data/proofs")


class CheckFailed(Exception):
    """The bag does not hold what it should; the argument is the sentence that says so."""


class NothingChecked(Exception):
    """The words of the command, not the bag, are wrong; the argument is the sentence that says so."""


@dataclass
class Report:
    """What came out. `failed_check` names the check that failed, `sentence` says why."""

    verdict: str = "proved"
    failed_check: str | None = None
    sentence: str | None = None
    proved: list[str] = field(default_factory=list)
    not_proved: list[str] = field(default_factory=list)


@dataclass
class Key:
    name: str
    key_id: bytes
    public: bytes


@dataclass
class Checkpoint:
    origin: str
    size: int
    root: bytes


@dataclass
class Leaf:
    """`position` counts from 1; the tree counts from 0."""

    position: int
    value: dict[str, object]


# ---------------------------------------------------------------------------------------------------------------------
# Reading


def read_bag(folder: Path) -> dict[str, bytes]:
    """All files below `folder`, by their path in the bag. Each is read once, and those bytes are what is checked."""
    if not folder.is_dir():
        raise NothingChecked(f"{shown(str(folder))} is not a folder.")
    files: dict[str, bytes] = {}
    octets = 0
    waiting = [""]
    while waiting:
        within = waiting.pop(0)
        for path in sorted(islice((folder / within).iterdir(), MAX_FILES + 1)):
            inside = f"{within}/{path.name}" if within else path.name
            if path.is_symlink():
                raise CheckFailed(f"{shown(inside)} is a symbolic link; a case has none.")
            if path.is_dir() and inside in FOLDERS:
                waiting.append(inside)
                continue
            if not path.is_file() or not KNOWN_FILE.fullmatch(inside):
                raise CheckFailed(f"{shown(inside)} is no file of a case.")
            size = path.stat().st_size
            octets += size
            check_sizes(inside, size, octets, len(files) + 1)
            with path.open("rb") as opened:
                files[inside] = opened.read(size)
    return files


def check_sizes(path: str, octets: int, octets_so_far: int, files_so_far: int) -> None:
    if octets > MAX_FILE_BYTES:
        raise CheckFailed(f"{path} has more than {MAX_FILE_BYTES} bytes, which no case has.")
    if octets_so_far > MAX_BAG_BYTES:
        raise CheckFailed(f"The bag has more than {MAX_BAG_BYTES} bytes, which no case has.")
    if files_so_far > MAX_FILES:
        raise CheckFailed(f"The bag has more than {MAX_FILES} files, which no case has.")


def lines_of(data: bytes, path: str) -> list[bytes]:
    """The lines of a file, without their newlines."""
    *lines, rest = data.split(b"\n")
    if rest:
        raise CheckFailed(f"{path} does not end in a newline.")
    return lines


def text_of(data: bytes, where: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise CheckFailed(f"{where} is not UTF-8.") from None


def exact_json(data: bytes, where: str) -> object:
    """The value that `data` holds, if these are the only bytes that RFC 8785 writes it in, without floats.

    A key that stands twice, another order of keys, a space, another escape: the value written anew is other bytes.
    """
    if nesting(data) > MAX_NESTING:
        raise CheckFailed(f"{where} is nested more than {MAX_NESTING} deep.")
    try:
        value: object = json.loads(
            data.decode("utf-8"), parse_int=whole_number, parse_float=no_number, parse_constant=no_number
        )
        exact = canonical(value).encode("utf-8") == data
    except ValueError:
        exact, value = False, None
    if not exact:
        raise CheckFailed(
            f"{where} is not JSON in the one form of RFC 8785 "
            "(keys sorted and none twice, no spaces, integers within 2^53-1 and no other numbers)."
        )
    return value


def nesting(data: bytes) -> int:
    """How deep arrays and objects lie in each other; counted beforehand, since a reader of JSON calls itself."""
    deepest = depth = 0
    for bracket in re.findall(rb"[\[\]{}]", re.sub(rb'"[^"\\]*(?:\\.[^"\\]*)*"', b"", data, flags=re.DOTALL)):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def whole_number(text: str) -> int:
    if len(text) > 17 or abs(number := int(text)) > MAX_INTEGER:
        raise ValueError
    return number


def no_number(_text: str) -> object:
    raise ValueError


def canonical(value: object) -> str:
    """A JSON value as RFC 8785 writes it."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(key)}:{canonical(value[key])}" for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def exact_base64(text: str, length: int | None = None) -> bytes | None:
    """The bytes that `text` writes in padded base64, of `length` if one is given; None if it is anything else."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    exact = base64.b64encode(data).decode() == text
    return data if exact and length in {None, len(data)} else None


# Characters that nobody sees, or that turn a line around or a terminal against its user.
HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e0fff\ud800-\udfff]"
)


def written_out(match: re.Match[str]) -> str:
    number = ord(match.group())
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"


def shown(text: str) -> str:
    """Text from the bag for people: at most 200 characters, the hidden ones written out."""
    return HIDDEN.sub(written_out, text if len(text) <= 200 else text[:200] + "…")


# ---------------------------------------------------------------------------------------------------------------------
# The key, which comes from you


def read_key(vkey: str) -> Key:
    match = re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)", vkey)
    material = exact_base64(match[3], 33) if match else None
    if match is None or material is None:
        raise NothingChecked("The key is not written name+id+base64.")
    if material[0] != 1:
        raise NothingChecked("The key is none for Ed25519 signatures of a log (type 1).")
    name, key_id = match[1], bytes.fromhex(match[2])
    if sha256(name.encode() + b"\n" + material)[:4] != key_id:
        raise NothingChecked("The id in the key is not that of its name and bytes: something was mistyped.")
    return Key(name, key_id, material[1:])


# ---------------------------------------------------------------------------------------------------------------------
# Check 1: the bag is whole (BagIt, RFC 8493)


def check_bag(files: dict[str, bytes]) -> str:
    for path in NEEDED:
        if path not in files:
            raise CheckFailed(f"{path} is missing.")
    if files["bagit.txt"] != b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n":
        raise CheckFailed("bagit.txt does not declare BagIt 1.0 in UTF-8.")
    listed = check_manifest(files, MANIFEST) | check_manifest(files, TAG_MANIFEST)
    for path in sorted(files):
        if path not in listed and path != TAG_MANIFEST:
            raise CheckFailed(f"{path} is listed in no manifest.")
    payload = [data for path, data in files.items() if path.startswith("data/")]
    counted = f"Payload-Oxum: {sum(map(len, payload))}.{len(payload)}"
    told = [line for line in text_of(files["bag-info.txt"], "bag-info.txt").split("\n") if "Oxum" in line]
    if told != [counted]:
        raise CheckFailed(f"bag-info.txt does not say '{counted}', as was counted.")
    return (
        f"The bag is whole: {len(files)} files, each with the SHA-256 that a manifest lists, and no other file. "
        "(Nobody signs a manifest: this shows damage, not forgery.)"
    )


def check_manifest(files: dict[str, bytes], manifest: str) -> set[str]:
    """The paths that a manifest lists, each once, there, and with the hash listed."""
    listed: set[str] = set()
    for number, line in enumerate(lines_of(files[manifest], manifest), 1):
        where = f"{manifest}, line {number}"
        match = re.fullmatch(r"([0-9a-f]{64})  ([^\n]+)", text_of(line, where))
        if match is None:
            raise CheckFailed(f"{where} is not a SHA-256, two spaces and a path.")
        digest, path = match[1], match[2]
        belongs = MANIFEST if path.startswith("data/") else TAG_MANIFEST
        if not KNOWN_FILE.fullmatch(path) or path == TAG_MANIFEST or belongs != manifest:
            raise CheckFailed(f"{where}: {shown(path)} is no file that it may list.")
        if path in listed:
            raise CheckFailed(f"{where}: {path} is listed twice.")
        if path not in files:
            raise CheckFailed(f"{path} is listed in {manifest} and missing.")
        if sha256(files[path]).hex() != digest:
            raise CheckFailed(f"{path} has another SHA-256 than {manifest} lists.")
        listed.add(path)
    return listed


# ---------------------------------------------------------------------------------------------------------------------
# Check 2: the log signed the checkpoint (C2SP signed-note and tlog-checkpoint)


def check_checkpoint(data: bytes, key: Key) -> Checkpoint:
    if len(data) > MAX_NOTE_BYTES:
        raise CheckFailed(f"data/checkpoint has more than {MAX_NOTE_BYTES} bytes.")
    note = text_of(data, "data/checkpoint")
    # The last empty line ends what is signed.
    text, empty_line, signatures = note.rpartition("\n\n")
    text += "\n"
    if not empty_line or not signatures.endswith("\n") or re.search("[\x00-\x09\x0b-\x1f]", note):
        raise CheckFailed("data/checkpoint is no signed note: a text, an empty line and signature lines.")
    lines = signatures.split("\n")[:-1]
    if len(lines) > MAX_SIGNATURES:
        raise CheckFailed(f"data/checkpoint has more than {MAX_SIGNATURES} signatures.")
    ours: list[bytes] = []
    for line in lines:
        match = re.fullmatch("\u2014 ([^ +]+) ([^ ]+)", line)
        value = exact_base64(match[2]) if match else None
        if match is None or value is None or len(value) < 5:
            raise CheckFailed("data/checkpoint has a line that is no signature: a dash, a name and base64.")
        if match[1] == key.name and value[:4] == key.key_id:
            ours.append(value[4:])
    if len(ours) != 1:
        raise CheckFailed(f"data/checkpoint has {len(ours)} signatures of the key that you gave, {shown(key.name)}.")
    if len(ours[0]) != 64 or not signed(text.encode(), ours[0], key.public):
        raise CheckFailed(f"The signature of {shown(key.name)} under data/checkpoint does not verify.")
    return read_checkpoint(text, key)


def signed(message: bytes, signature: bytes, public: bytes) -> bool:
    """Whether it is an Ed25519 signature (RFC 8032)."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def read_checkpoint(text: str, key: Key) -> Checkpoint:
    origin, *rest = text.split("\n")[:-1]
    root = exact_base64(rest[1], 32) if len(rest) >= 2 else None
    if root is None or "" in rest or not re.fullmatch("0|[1-9][0-9]{0,15}", rest[0]) or int(rest[0]) > MAX_INTEGER:
        raise CheckFailed("The signed text is no checkpoint: a log's name, a number of entries and a root hash.")
    if origin != key.name:
        raise CheckFailed(f"The checkpoint is of the log {shown(origin)}, and the key is that of {shown(key.name)}.")
    return Checkpoint(origin, int(rest[0]), root)


# ---------------------------------------------------------------------------------------------------------------------
# Check 3: every entry stands in the tree of the checkpoint (RFC 9162, 2.1.3.2; C2SP tlog-proof)


def check_leaves(files: dict[str, bytes], checkpoint: Checkpoint) -> list[Leaf]:
    leaves: list[Leaf] = []
    for number, data in enumerate(lines_of(files["data/leaves.jsonl"], "data/leaves.jsonl"), 1):
        where = f"data/leaves.jsonl, line {number}"
        if len(data) > MAX_LEAF_BYTES:
            raise CheckFailed(f"{where} has more than {MAX_LEAF_BYTES} bytes.")
        value = exact_json(data, where)
        index = value.get("seq") if isinstance(value, dict) else None
        if not isinstance(value, dict) or not is_count(index):
            raise CheckFailed(f"{where} is no entry of a log: it has no sequence number.")
        if value.get("log") != checkpoint.origin:
            raise CheckFailed(f"{where} is an entry of another log.")
        if leaves and index + 1 <= leaves[-1].position:
            raise CheckFailed(f"{where} stands out of order.")
        check_proof(files, index, sha256(b"\x00" + data), checkpoint)
        leaves.append(Leaf(index + 1, value))
    proofs = {proof_path(leaf.position) for leaf in leaves}
    for path in sorted(files):
        if path.startswith("data/proofs/") and path not in proofs:
            raise CheckFailed(f"{path} belongs to no entry in data/leaves.jsonl.")
    return leaves


def proof_path(position: int) -> str:
    return f"data/proofs/{position}.tlog-proof"


def check_proof(files: dict[str, bytes], index: int, leaf_hash: bytes, checkpoint: Checkpoint) -> None:
    """That the entry `index`, counted from 0, is in the tree of the checkpoint, by the proof in the bag."""
    path = proof_path(index + 1)
    if path not in files:
        raise CheckFailed(f"{path} is missing.")
    head, empty_line, note = files[path].partition(b"\n\n")
    if not empty_line or note != files["data/checkpoint"]:
        raise CheckFailed(f"{path} does not end in the checkpoint of data/checkpoint.")
    header, *lines = text_of(head, path).split("\n")
    if header != "c2sp.org/tlog-proof@v1" or lines[:1] != [f"index {index}"]:
        raise CheckFailed(f"{path} is no proof for the entry {index}, counted from 0.")
    hashes = [exact_base64(line, 32) for line in lines[1:]]
    root = root_from(index, checkpoint.size, leaf_hash, hashes)
    if root != checkpoint.root:
        raise CheckFailed(f"The entry at position {index + 1} is not proved: {path} does not lead to the signed root.")


def root_from(index: int, size: int, leaf_hash: bytes, hashes: list[bytes | None]) -> bytes | None:
    """The root that an inclusion proof leads to, by the algorithm of RFC 9162, 2.1.3.2; None if it leads nowhere."""
    if index >= size:
        return None
    node, last, result = index, size - 1, leaf_hash
    for sibling in hashes:
        if sibling is None or last == 0:
            return None
        if node % 2 == 1 or node == last:
            result = sha256(b"\x01" + sibling + result)
            while node % 2 == 0 and node != 0:
                node, last = node // 2, last // 2
        else:
            result = sha256(b"\x01" + result + sibling)
        node, last = node // 2, last // 2
    return result if last == 0 else None


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MAX_INTEGER


# ---------------------------------------------------------------------------------------------------------------------
# Check 4: the answer is the one that the statement speaks of, and speaks of this log


def check_answer(files: dict[str, bytes], checkpoint: Checkpoint, leaves: list[Leaf]) -> Statement:
    answer = exact_json(files["data/rows.json"], "data/rows.json")
    columns, rows = answer_of(answer)
    statement = statement_of(exact_json(files["data/query.json"], "data/query.json"))
    if (statement.origin, statement.tree_size, exact_base64(statement.root)) != (
        checkpoint.origin,
        checkpoint.size,
        checkpoint.root,
    ):
        raise CheckFailed("data/query.json speaks of another checkpoint than data/checkpoint.")
    if sha256(files["data/rows.json"]).hex() != statement.fingerprint:
        raise CheckFailed("data/rows.json has not the fingerprint that data/query.json states.")
    if len(rows) != statement.rows:
        raise CheckFailed(f"data/rows.json has {len(rows)} rows and data/query.json states {statement.rows}.")
    if [leaf.position for leaf in leaves] != statement.positions:
        raise CheckFailed("data/leaves.jsonl has not the entries that data/query.json states.")
    if statement.known_at > checkpoint.size or (leaves and leaves[-1].position > statement.known_at):
        raise CheckFailed("data/query.json states a position that does not lie between its entries and the checkpoint.")
    if table(columns, rows) != files["data/rows.csv"]:
        raise CheckFailed("data/rows.csv does not say what data/rows.json says.")
    return statement


def answer_of(value: object) -> tuple[list[object], list[list[object]]]:
    columns = value.get("columns") if isinstance(value, dict) and set(value) == {"columns", "rows"} else None
    rows = value["rows"] if isinstance(value, dict) and columns is not None else None
    if (
        not isinstance(columns, list)
        or not isinstance(rows, list)
        or not all(isinstance(name, str) for name in columns)
        or not all(isinstance(row, list) and len(row) == len(columns) for row in rows)
    ):
        raise CheckFailed("data/rows.json is not columns, and rows with a value for each of them.")
    return columns, rows


@dataclass
class Statement:
    """data/query.json. `rows` is their number, `fingerprint` the SHA-256 of data/rows.json in hex."""

    format: str
    words: str
    as_of: str | None
    known_at: int
    rows: int
    fingerprint: str
    positions: list[int]
    origin: str
    tree_size: int
    root: str


def statement_of(value: object) -> Statement:
    names = [each.name for each in fields(Statement)]
    if not isinstance(value, dict) or sorted(value) != sorted(names) or value["format"] != FORMAT:
        raise CheckFailed(f"data/query.json is no statement of the form {FORMAT}.")
    texts = [value[name] for name in ("words", "fingerprint", "origin", "root")]
    counts = [value[name] for name in ("known_at", "rows", "tree_size")]
    positions = value["positions"]
    if (
        not all(isinstance(text, str) for text in texts)
        or not (value["as_of"] is None or isinstance(value["as_of"], str))
        or not isinstance(positions, list)
        or not all(map(is_count, [*counts, *positions]))
    ):
        raise CheckFailed("data/query.json has a value of the wrong kind.")
    return Statement(**value)


FORMULA = re.compile("(^|[\n\t;|])( *)(?=[=+@\uff1d\uff0b\uff0d\uff20-])")


def table(columns: list[object], rows: list[list[object]]) -> bytes:
    """data/rows.csv as it must be: RFC 4180, every cell in quotes, no text that a spreadsheet takes for a formula."""
    return "".join(",".join(map(quoted, cells)) + "\r\n" for cells in [columns, *rows]).encode()


def quoted(value: object) -> str:
    if value is None:
        text = ""
    elif isinstance(value, (bool, int)):
        text = canonical(value)
    else:
        text = value if isinstance(value, str) else canonical(value)
        text = HIDDEN.sub(lambda match: match.group() if match.group() in "\n\t" else written_out(match), text)
        text = FORMULA.sub(r"\1'\2", text)
    return '"' + text.replace('"', '""') + '"'


# ---------------------------------------------------------------------------------------------------------------------
# Check 5: values that were disclosed are those that the entries commit to (SD-JWT, RFC 9901, 4.2.3)


def check_disclosures(data: bytes, leaves: list[Leaf]) -> int:
    """How many there are."""
    committed = {text for leaf in leaves for text in texts_in(leaf.value)}
    lines = lines_of(data, "data/disclosures.jsonl")
    for number, line in enumerate(lines, 1):
        where = f"data/disclosures.jsonl, line {number}"
        value = exact_json(line, where)
        if not isinstance(value, dict) or set(value) - {"name"} != {"digest", "salt", "value"}:
            raise CheckFailed(f"{where} is not a digest, a salt and a value, with a name or without.")
        if not all(isinstance(text, str) for text in value.values()):
            raise CheckFailed(f"{where} has a part that is no text.")
        # The RFC leaves the spaces open; its examples have one after each comma.
        array = "[" + ", ".join(canonical(value[name]) for name in ("salt", "name", "value") if name in value) + "]"
        if base64url(sha256(base64url(array.encode()).encode())) != value["digest"]:
            raise CheckFailed(f"{where} has a value that its digest is not made from.")
        if value["digest"] not in committed:
            raise CheckFailed(f"{where} has a digest that stands in none of the entries.")
    return len(lines)


def texts_in(value: object) -> Iterator[str]:
    """All texts that are values, at any depth; not the keys."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts_in(each)


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


# ---------------------------------------------------------------------------------------------------------------------
# The whole


def verify(folder: Path, vkey: str) -> Report:
    report = Report()
    check = "bag"
    try:
        key = read_key(vkey)
        files = read_bag(folder)
        report.proved.append(check_bag(files))
        check = "checkpoint"
        checkpoint = check_checkpoint(files["data/checkpoint"], key)
        report.proved.append(
            f"{shown(key.name)} signed that its log has {checkpoint.size} entries and the root "
            f"{base64.b64encode(checkpoint.root).decode()}."
        )
        check = "leaves"
        leaves = check_leaves(files, checkpoint)
        report.proved.append(
            f"Each of the {len(leaves)} entries in data/leaves.jsonl stands in that log, as it is here, at its place."
        )
        check = "answer"
        statement = check_answer(files, checkpoint, leaves)
        report.proved.append(
            f"The answer has the {statement.rows} rows and the fingerprint stated; data/rows.csv says the same."
        )
        check = "disclosures"
        if "data/disclosures.jsonl" in files:
            count = check_disclosures(files["data/disclosures.jsonl"], leaves)
            report.proved.append(f"The {count} disclosed values are those that the entries commit to.")
        report.not_proved += limits(statement, files)
    except CheckFailed as failure:
        report.verdict, report.failed_check, report.sentence = "failed", check, str(failure)
    except NothingChecked as problem:
        report.verdict, report.sentence = "unusable", str(problem)
    except OSError as problem:
        report.verdict, report.sentence = "unusable", f"The bag cannot be read: {shown(str(problem))}."
    return report


def limits(statement: Statement, files: dict[str, bytes]) -> list[str]:
    """What no case proves, for a reader who is about to rely on it."""
    day = f", as of {shown(statement.as_of)}" if statement.as_of is not None else ""
    stated = (
        f"The one who made the bag states that “{shown(statement.words)}”{day}, known at position "
        f"{statement.known_at} of {statement.tree_size}, gives {statement.rows} rows with the fingerprint "
        f"{statement.fingerprint}; whoever has the whole log asks again and must get the same."
    )
    policy = "The policy in the bag was not applied: whom to trust is for you to say."
    seen = "Compare the checkpoint with one that you or a witness kept; cosignatures were not looked at."
    clock = "The times of recording are those of the log's own clock."
    return [
        f"That what was entered is true, was done by whom it names, or happened when it says. {clock}",
        "That everything that happened was entered.",
        f"That the rows follow from these entries, and that none is left out. {stated}",
        f"That the log shows everyone this history. {seen}" + (f" {policy}" if "data/policy" in files else ""),
        "That the key is the log's. You gave it.",
        "That this verifier is honest, if it came with the bag. Take it from elsewhere, or read it.",
    ]


def printed(report: Report) -> str:
    lines = [{"proved": "PROVED", "failed": "FAILED", "unusable": "NOTHING CHECKED"}[report.verdict]]
    if report.sentence:
        lines.append(f"  {report.sentence}")
    for heading, sentences in (("What is proved:", report.proved), ("What is not proved:", report.not_proved)):
        if sentences:
            lines += [heading, *(f"  - {sentence}" for sentence in sentences)]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description="Verify a case that Tillit exported, without Tillit.")
    parser.add_argument("bag", type=Path, metavar="BAG", help="the folder of the case")
    parser.add_argument("--key", required=True, metavar="VKEY", help="the log's public key, name+id+base64")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    words = parser.parse_args()
    report = verify(words.bag, words.key)
    text = json.dumps(asdict(report), indent=2) if words.json else printed(report)
    # A terminal that cannot show a character gets its number, rather than the reader an error.
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
    return {"proved": 0, "failed": 1, "unusable": 2}[report.verdict]


if __name__ == "__main__":
    sys.exit(main())
