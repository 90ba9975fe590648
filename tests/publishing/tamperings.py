"""What a forger, a bad disk or a hostile sender does to a case, and which check of the verifiers must find it."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from casekit import KEY, ORIGIN, OTHER_KEY, Log, case, reseal

from ledger.publishing.case import disclosure_digest, export_case
from ledger.transparency.notes import Note, SigningKey
from ledger.transparency.tlog_proofs import TlogProof

Tampering = Callable[[Path], None]


def replaced(path: str, old: str, new: str, *, sealed: bool = True) -> Tampering:
    """A tampering that puts `new` in place of the first `old` in a file, and then makes the manifests fit."""

    def tamper(bag: Path) -> None:
        data = (bag / path).read_bytes()
        assert old.encode() in data
        (bag / path).write_bytes(data.replace(old.encode(), new.encode("utf-8", "surrogatepass"), 1))
        if sealed:
            reseal(bag)

    return tamper


def written(path: str, data: bytes, *, sealed: bool = True) -> Tampering:
    def tamper(bag: Path) -> None:
        (bag / path).parent.mkdir(parents=True, exist_ok=True)
        (bag / path).write_bytes(data)
        if sealed:
            reseal(bag)

    return tamper


def removed(*paths: str, sealed: bool = True) -> Tampering:
    def tamper(bag: Path) -> None:
        for path in paths:
            (bag / path).unlink()
        if sealed:
            reseal(bag)

    return tamper


def resealed(tamper: Tampering) -> Tampering:
    def whole(bag: Path) -> None:
        tamper(bag)
        reseal(bag)

    return whole


# Each changes a bag; most make the manifests fit afterwards, as whoever means it would.
def swap_proofs(bag: Path) -> None:
    one, other = (bag / f"data/proofs/{position}.tlog-proof" for position in (3, 7))
    first = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(first)


def swap_leaves(bag: Path) -> None:
    path = bag / "data/leaves.jsonl"
    first, second, *rest = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join([second, first, *rest]))


def repeat_a_leaf(bag: Path) -> None:
    path = bag / "data/leaves.jsonl"
    first, *rest = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join([first, first, *rest]))


def move_a_leaf(bag: Path) -> None:
    """The leaf of position 3 claims to be that of 4, with its own proof."""
    replaced("data/leaves.jsonl", '"seq":2}', '"seq":3}', sealed=False)(bag)
    (bag / "data/proofs/3.tlog-proof").rename(bag / "data/proofs/4.tlog-proof")
    replaced("data/proofs/4.tlog-proof", "index 2", "index 3", sealed=False)(bag)


def drop_a_leaf(bag: Path) -> None:
    path = bag / "data/leaves.jsonl"
    path.write_bytes(path.read_bytes().split(b"\n", 1)[1])


def drop_a_leaf_and_its_proof(bag: Path) -> None:
    drop_a_leaf(bag)
    (bag / "data/proofs/1.tlog-proof").unlink()


def new_checkpoint(note: bytes, *, proofs: bool = True) -> Tampering:
    """Another checkpoint, in the proofs too."""

    def tamper(bag: Path) -> None:
        (bag / "data/checkpoint").write_bytes(note)
        for path in (bag / "data/proofs").iterdir() if proofs else ():
            path.write_bytes(path.read_bytes().split(b"\n\n")[0] + b"\n\n" + note)

    return resealed(tamper)


def a_proof(change: Callable[[tuple[bytes, ...]], tuple[bytes, ...]]) -> Tampering:
    def tamper(bag: Path) -> None:
        path = bag / "data/proofs/3.tlog-proof"
        proof = TlogProof.parse(path.read_bytes())
        path.write_bytes(TlogProof(proof.index, change(proof.hashes), proof.checkpoint).encoded())

    return resealed(tamper)


def of_another_log(bag: Path) -> None:
    """Leaves of another log whose tree and signature are right: only their own word says that they are not ours."""
    log = Log(13, "other.example")
    log.origin = ORIGIN
    (bag / "data/checkpoint").unlink()
    for path in sorted(bag.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    export_case(log, bag, case(log))


def forge_rows(bag: Path) -> None:
    """Rows and their fingerprint, but not the CSV."""
    old = (bag / "data/rows.json").read_bytes()
    new = old.replace(b"friend", b"enemy")
    (bag / "data/rows.json").write_bytes(new)
    replaced("data/query.json", sha256(old).hexdigest(), sha256(new).hexdigest())(bag)


def state_of_rows(text: str) -> Tampering:
    """Other bytes in rows.json, with the fingerprint made to fit."""

    def tamper(bag: Path) -> None:
        old = sha256((bag / "data/rows.json").read_bytes()).hexdigest()
        (bag / "data/rows.json").write_text(text)
        replaced("data/query.json", old, sha256(text.encode()).hexdigest())(bag)

    return tamper


def link_a_file(bag: Path) -> None:
    (bag / "data/policy").rename(bag.parent / "policy")
    (bag / "data/policy").symlink_to(bag.parent / "policy")


def link_a_folder(bag: Path) -> None:
    (bag / "data/proofs").rename(bag.parent / "proofs")
    (bag / "data/proofs").symlink_to(bag.parent / "proofs")


def add_to_manifest(line: str, manifest: str = "manifest-sha256.txt") -> Tampering:
    def tamper(bag: Path) -> None:
        (bag.parent / "outside").write_text("outside")
        with (bag / manifest).open("ab") as opened:
            opened.write(line.encode() + b"\n")
        if manifest == "manifest-sha256.txt":
            seal_tags(bag)

    return tamper


def seal_tags(bag: Path) -> None:
    """The tag manifest alone, to fit a payload manifest that was tampered with."""
    kept = (bag / "manifest-sha256.txt").read_bytes()
    reseal(bag)
    (bag / "manifest-sha256.txt").write_bytes(kept)
    path = bag / "tagmanifest-sha256.txt"
    path.write_text(re.sub("[0-9a-f]{64}  manifest", f"{sha256(kept).hexdigest()}  manifest", path.read_text()))


def double_a_line(bag: Path) -> None:
    path = bag / "manifest-sha256.txt"
    path.write_bytes(path.read_bytes() + path.read_bytes().split(b"\n", 1)[0] + b"\n")
    seal_tags(bag)


def grow(path: str, size: int) -> Tampering:
    """A file that claims many bytes and takes no room."""

    def tamper(bag: Path) -> None:
        os.truncate(bag / path, size)

    return tamper


def many_large(bag: Path) -> None:
    for position in (1, 2, 3, 7, 11):
        os.truncate(bag / f"data/proofs/{position}.tlog-proof", 250 * 2**20)


def miscount(bag: Path) -> None:
    replaced("bag-info.txt", "Oxum: ", "Oxum: 1", sealed=False)(bag)
    path = bag / "tagmanifest-sha256.txt"
    digest = sha256((bag / "bag-info.txt").read_bytes()).hexdigest()
    path.write_text(re.sub("[0-9a-f]{64}  bag-info", f"{digest}  bag-info", path.read_text()))


OUTSIDE = sha256(b"outside").hexdigest()
FORM = "is not JSON in the one form of RFC 8785"
NOTE = Log(13).checkpoint().decode()
TEXT = NOTE.partition("\n\n")[0] + "\n"


OURS = NOTE.splitlines()[4]
"""The line of the log's own signature; a witness's follows it."""


def line_of(value: bytes) -> str:
    """A line that says it is the log's, with any value."""
    return f"\n\u2014 {ORIGIN} {base64.b64encode(KEY.verifier.key_id + value).decode()}\n"


def signed_by(*keys: SigningKey, text: str = TEXT) -> bytes:
    return Note(text, tuple(key.signature(text) for key in keys)).encoded()


TAMPERINGS: dict[str, tuple[Tampering, str, str]] = {
    # What the manifests find.
    "a leaf is edited": (replaced("data/leaves.jsonl", "bær 6", "bær 5", sealed=False), "bag", "another SHA-256"),
    "the policy is edited": (replaced("data/policy", "none", "some", sealed=False), "bag", "another SHA-256"),
    "a verifier is edited": (
        replaced("verify_case.py", "proved", "approved", sealed=False),
        "bag",
        "verify_case.py has another SHA-256",
    ),
    "a payload file is added": (written("data/policy2", b"x"), "bag", "data/policy2 is no file of a case"),
    "a known payload file is added": (
        written("data/proofs/5.tlog-proof", b"x", sealed=False),
        "bag",
        "5.tlog-proof is listed in no manifest",
    ),
    "a folder is added": (written("data/more/x", b"x"), "bag", "is no file of a case"),
    "a tag file is added": (
        written("fetch.txt", b"https://example.com 5 data/policy\n"),
        "bag",
        "fetch.txt is no file",
    ),
    "a payload file is removed": (
        removed("data/policy", sealed=False),
        "bag",
        "listed in manifest-sha256.txt and missing",
    ),
    "a verifier is removed": (removed("verify_case.html", sealed=False), "bag", "listed in tagmanifest-sha256.txt and"),
    "the leaves are removed": (removed("data/leaves.jsonl"), "bag", "data/leaves.jsonl is missing"),
    "the tag manifest is removed": (
        removed("tagmanifest-sha256.txt", sealed=False),
        "bag",
        "tagmanifest-sha256.txt is missing",
    ),
    "a path leads out of the bag": (
        add_to_manifest(f"{OUTSIDE}  data/../../outside"),
        "bag",
        "no file that it may list",
    ),
    "a path starts at the root": (add_to_manifest(f"{OUTSIDE}  /etc/hostname"), "bag", "no file that it may list"),
    "a path has backslashes": (add_to_manifest(f"{OUTSIDE}  data\\..\\..\\outside"), "bag", "no file that it may list"),
    "a path hides its end": (
        add_to_manifest(f"{OUTSIDE}  data/policy\u202e\x00"),
        "bag",
        "data/policy\\u202e\\u0000 is no",
    ),
    "a path stands in the wrong manifest": (
        add_to_manifest(f"{sha256(b'x').hexdigest()}  data/policy", "tagmanifest-sha256.txt"),
        "bag",
        "may list",
    ),
    "a file is listed twice": (double_a_line, "bag", "data/checkpoint is listed twice"),
    "a line of a manifest is none": (add_to_manifest("data/policy"), "bag", "is not a SHA-256, two spaces and a path"),
    "a manifest has other bytes": (
        written("tagmanifest-sha256.txt", b"\xff\n", sealed=False),
        "bag",
        "line 1 is not UTF-8",
    ),
    "a manifest is cut": (grow("tagmanifest-sha256.txt", 500), "bag", "does not end in a newline"),
    "another version of BagIt": (written("bagit.txt", b"BagIt-Version: 0.97\n"), "bag", "does not declare BagIt 1.0"),
    "the payload is counted wrongly": (
        miscount,
        "bag",
        "bag-info.txt does not say 'Payload-Oxum: ",
    ),
    "a file is huge": (grow("data/rows.json", 2**40), "bag", "data/rows.json has more than 268435456 bytes"),
    "all files are huge": (many_large, "bag", "The bag has more than 1073741824 bytes"),
    # What the signature finds.
    "the checkpoint is of another key of that name": (
        new_checkpoint(Log(13).checkpoint(key=OTHER_KEY)),
        "checkpoint",
        "has 0 signatures of the key that you gave",
    ),
    "the checkpoint is signed by witnesses only": (
        new_checkpoint((TEXT + "\n" + NOTE.splitlines()[-1] + "\n").encode()),
        "checkpoint",
        "has 0 signatures",
    ),
    "the checkpoint has another text": (
        new_checkpoint(NOTE.replace("\n13\n", "\n14\n").encode()),
        "checkpoint",
        "does not verify",
    ),
    "the signature is another's under our id": (
        new_checkpoint((TEXT + line_of(OTHER_KEY.signature(TEXT).value)).encode()),
        "checkpoint",
        "does not verify",
    ),
    "the signature is cut": (
        new_checkpoint((TEXT + line_of(b"x")).encode()),
        "checkpoint",
        "does not verify",
    ),
    "the checkpoint is signed twice": (new_checkpoint(f"{NOTE}{OURS}\n".encode()), "checkpoint", "has 2 signatures"),
    "the checkpoint is of another log": (
        new_checkpoint(signed_by(KEY, text=TEXT.replace(ORIGIN, "other.example"))),
        "checkpoint",
        "of the log other.example",
    ),
    "the signed text is no checkpoint": (
        new_checkpoint(signed_by(KEY, text=f"{ORIGIN}\nhello\n")),
        "checkpoint",
        "no checkpoint",
    ),
    "the tree is too large": (
        new_checkpoint(signed_by(KEY, text=TEXT.replace("\n13\n", f"\n{2**53}\n"))),
        "checkpoint",
        "no checkpoint",
    ),
    "the size is written otherwise": (
        new_checkpoint(signed_by(KEY, text=TEXT.replace("\n13\n", "\n013\n"))),
        "checkpoint",
        "no checkpoint",
    ),
    "the checkpoint is no note": (written("data/checkpoint", b"hello\n"), "checkpoint", "is no signed note"),
    "the checkpoint is empty": (written("data/checkpoint", b""), "checkpoint", "is no signed note"),
    "a control character in the checkpoint": (
        written("data/checkpoint", NOTE.replace("\n13\n", "\r\n13\n").encode()),
        "checkpoint",
        "is no signed note",
    ),
    "the checkpoint is not UTF-8": (written("data/checkpoint", b"\xff" + NOTE.encode()), "checkpoint", "is not UTF-8"),
    "the checkpoint is huge": (
        written("data/checkpoint", NOTE.encode() * 5000),
        "checkpoint",
        "more than 1000000 bytes",
    ),
    "the checkpoint has many signatures": (
        written("data/checkpoint", NOTE.encode() + f"{OURS}\n".encode() * 100),
        "checkpoint",
        "more than 100 signatures",
    ),
    "a line of signatures is none": (
        written("data/checkpoint", NOTE.encode() + b"- x AAAA\n"),
        "checkpoint",
        "no signature",
    ),
    "a signature has lax base64": (
        written("data/checkpoint", NOTE.encode() + "\u2014 x AAAAAAB=\n".encode()),
        "checkpoint",
        "that is no signature",
    ),
    # What the tree finds, though all manifests fit.
    "a leaf is edited and sealed": (
        replaced("data/leaves.jsonl", "bær 6", "bær 5"),
        "leaves",
        "position 7 is not proved",
    ),
    "proofs are swapped": (resealed(swap_proofs), "leaves", "3.tlog-proof is no proof for the entry 2"),
    "leaves are swapped": (resealed(swap_leaves), "leaves", "line 2 stands out of order"),
    "a leaf is repeated": (resealed(repeat_a_leaf), "leaves", "line 2 stands out of order"),
    "a leaf is moved": (resealed(move_a_leaf), "leaves", "position 4 is not proved"),
    "a leaf is left out": (resealed(drop_a_leaf), "leaves", "1.tlog-proof belongs to no entry"),
    "a leaf is left out with its proof": (resealed(drop_a_leaf_and_its_proof), "answer", "has not the entries that"),
    "a proof is left out": (removed("data/proofs/3.tlog-proof"), "leaves", "data/proofs/3.tlog-proof is missing"),
    "a proof has a hash less": (a_proof(lambda hashes: hashes[:-1]), "leaves", "position 3 is not proved"),
    "a proof has a hash more": (a_proof(lambda hashes: (*hashes, hashes[0])), "leaves", "position 3 is not proved"),
    "a proof has another hash": (
        a_proof(lambda hashes: (bytes(32), *hashes[1:])),
        "leaves",
        "position 3 is not proved",
    ),
    "a proof has its hashes in another order": (a_proof(lambda hashes: hashes[::-1]), "leaves", "position 3 is not"),
    "a proof has a lax hash": (
        replaced("data/proofs/3.tlog-proof", "=\n", "==\n"),
        "leaves",
        "position 3 is not proved",
    ),
    "a proof is of another version": (replaced("data/proofs/3.tlog-proof", "@v1", "@v2"), "leaves", "is no proof for"),
    "a proof is of another index": (
        replaced("data/proofs/3.tlog-proof", "index 2", "index 3"),
        "leaves",
        "is no proof",
    ),
    "a proof carries an older checkpoint": (
        replaced("data/proofs/3.tlog-proof", NOTE, Log(12).checkpoint().decode()),
        "leaves",
        "does not end in the checkpoint",
    ),
    "the checkpoint is older than the proofs": (
        new_checkpoint(Log(12).checkpoint(), proofs=False),
        "leaves",
        "does not end in the checkpoint",
    ),
    "the checkpoint is older than its leaves": (
        new_checkpoint(Log(10).checkpoint()),
        "leaves",
        "position 1 is not proved",
    ),
    "the leaves are of another log": (of_another_log, "leaves", "line 1 is an entry of another log"),
    "a leaf has a space": (replaced("data/leaves.jsonl", ":{", ": {"), "leaves", f"line 1 {FORM}"),
    "a leaf has a key twice": (replaced("data/leaves.jsonl", '"seq":0', '"seq":0,"seq":0'), "leaves", FORM),
    "a leaf has its keys in another order": (replaced("data/leaves.jsonl", '{"entry"', '{"zentry"'), "leaves", FORM),
    "a leaf has a float": (replaced("data/leaves.jsonl", '"seq":0', '"seq":0.0'), "leaves", FORM),
    "a leaf has a real float": (replaced("data/leaves.jsonl", '"seq":0', '"seq":0.5'), "leaves", FORM),
    "a leaf has an integer that no reader keeps": (
        replaced("data/leaves.jsonl", '"seq":0', '"seq":9007199254740993'),
        "leaves",
        FORM,
    ),
    "a leaf has an integer without end": (
        replaced("data/leaves.jsonl", '"seq":0', f'"seq":{"9" * 6000}'),
        "leaves",
        FORM,
    ),
    "a leaf has a negative number": (
        replaced("data/leaves.jsonl", '"seq":0', '"seq":-1'),
        "leaves",
        "no sequence number",
    ),
    "a leaf has minus nought": (replaced("data/leaves.jsonl", '"seq":0', '"seq":-0'), "leaves", FORM),
    "a leaf has a truth for a number": (
        replaced("data/leaves.jsonl", '"seq":0', '"seq":false'),
        "leaves",
        "no sequence",
    ),
    "a leaf has NaN": (replaced("data/leaves.jsonl", '"seq":0', '"seq":NaN'), "leaves", FORM),
    "a leaf has half a character, escaped": (replaced("data/leaves.jsonl", "bær 0", "\\ud800"), "leaves", FORM),
    "a leaf has half a character": (replaced("data/leaves.jsonl", "bær 0", "\ud800"), "leaves", FORM),
    "a leaf starts with a byte order mark": (replaced("data/leaves.jsonl", "{", "\ufeff{"), "leaves", FORM),
    "a leaf has a needless escape": (replaced("data/leaves.jsonl", "bær 0", "b\\u00e6r 0"), "leaves", FORM),
    "a leaf is an array": (replaced("data/leaves.jsonl", "{", "[]\n{"), "leaves", "line 1 is no entry of a log"),
    "a leaf is empty": (replaced("data/leaves.jsonl", "{", "\n{"), "leaves", FORM),
    "a leaf is nested deep": (
        replaced("data/leaves.jsonl", "{", "[" * 30_000 + "]" * 30_000 + "\n{"),
        "leaves",
        "nested more than 64 deep",
    ),
    "a leaf is long": (replaced("data/leaves.jsonl", "{", "9" * 65_536 + "\n{"), "leaves", "more than 65535 bytes"),
    "the last leaf is cut": (written("data/leaves.jsonl", Log(1).leaves[0]), "leaves", "does not end in a newline"),
    # What the statement finds.
    "a row is edited": (replaced("data/rows.json", "friend", "enemy"), "answer", "has not the fingerprint"),
    "a row and the fingerprint are edited": (forge_rows, "answer", "data/rows.csv does not say"),
    "the csv is edited": (replaced("data/rows.csv", "friend", "enemy"), "answer", "data/rows.csv does not say"),
    "the csv becomes a formula": (replaced("data/rows.csv", "'=HYP", "=HYP"), "answer", "data/rows.csv does not say"),
    "the number of rows is edited": (replaced("data/query.json", '"rows":4', '"rows":5'), "answer", "has 4 rows and"),
    "an entry is stated that is not there": (
        replaced("data/query.json", "[1,2,", "[1,2,3,4,"),
        "answer",
        "the entries that",
    ),
    "another size is stated": (
        replaced("data/query.json", '"tree_size":13', '"tree_size":14'),
        "answer",
        "another checkpoint",
    ),
    "another root is stated": (replaced("data/query.json", '"root":"', '"root":"A'), "answer", "another checkpoint"),
    "another log is stated": (
        replaced("data/query.json", f'"origin":"{ORIGIN}', '"origin":"x'),
        "answer",
        "another checkpoint",
    ),
    "the question is asked later than the log": (
        replaced("data/query.json", '"known_at":11', '"known_at":14'),
        "answer",
        "does not lie between",
    ),
    "the question is asked earlier than its entries": (
        replaced("data/query.json", '"known_at":11', '"known_at":10'),
        "answer",
        "does not lie between",
    ),
    "the statement has a key twice": (
        replaced("data/query.json", '"rows":4', '"rows":5,"rows":4'),
        "answer",
        f"data/query.json {FORM}",
    ),
    "the statement has one key more": (
        replaced("data/query.json", '"words"', '"wordless":1,"words"'),
        "answer",
        "no statement",
    ),
    "the statement has another form": (
        replaced("data/query.json", "case/1", "case/2"),
        "answer",
        "no statement of the form",
    ),
    "the statement has a text for a number": (
        replaced("data/query.json", '"rows":4', '"rows":"4"'),
        "answer",
        "wrong kind",
    ),
    "the statement has a truth for a number": (
        replaced("data/query.json", '"rows":4', '"rows":true'),
        "answer",
        "wrong kind",
    ),
    "the statement has a number for a text": (replaced("data/query.json", '"2026-02-03"', "5"), "answer", "wrong kind"),
    "the statement is an array": (written("data/query.json", b"[]"), "answer", "no statement of the form"),
    "the rows have a key twice": (
        state_of_rows('{"columns":[],"columns":["a"],"rows":[]}'),
        "answer",
        f"data/rows.json {FORM}",
    ),
    "the rows have one value too many": (
        state_of_rows('{"columns":["a"],"rows":[[1,2]]}'),
        "answer",
        "a value for each",
    ),
    "the rows have another shape": (state_of_rows('{"columns":[1],"rows":[]}'), "answer", "a value for each"),
    "the rows are nested deep": (state_of_rows("[" * 10**6 + "]" * 10**6), "answer", "nested more than 64 deep"),
    "the rows open without end": (state_of_rows('{"a":' * 10**6), "answer", "nested more than 64 deep"),
    # What the commitments find.
    "a disclosed value is edited": (
        replaced("data/disclosures.jsonl", "Åse Nr. 6", "Bo"),
        "disclosures",
        "line 2 has a value",
    ),
    "a salt is edited": (
        replaced("data/disclosures.jsonl", "c2Fs", "c3Fs"),
        "disclosures",
        "its digest is not made from",
    ),
    "the name of a disclosed value is edited": (
        replaced("data/disclosures.jsonl", '"name":"name"', '"name":"note"'),
        "disclosures",
        "its digest is not made from",
    ),
    "a disclosed value belongs to no entry": (
        written(
            "data/disclosures.jsonl",
            f'{{"digest":"{disclosure_digest("s", "v")}","salt":"s","value":"v"}}\n'.encode(),
        ),
        "disclosures",
        "stands in none of the entries",
    ),
    "a disclosure has a key twice": (
        replaced("data/disclosures.jsonl", '"name":"name"', '"name":"a","name":"name"'),
        "disclosures",
        FORM,
    ),
    "a disclosure has one key more": (
        replaced("data/disclosures.jsonl", '"name":"name"', '"more":"a","name":"name"'),
        "disclosures",
        "is not a digest, a salt",
    ),
    "a disclosure has a number": (
        replaced("data/disclosures.jsonl", '"value":"Åse Nr. 0"', '"value":0'),
        "disclosures",
        "has a part that is no text",
    ),
}
