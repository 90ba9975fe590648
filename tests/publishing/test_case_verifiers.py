"""The two stand-alone verifiers hold every case against the same rules, and say the same about it."""

from __future__ import annotations

import ast
import base64
import json
import os
import random
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from casekit import (
    KEY,
    ORIGIN,
    OTHER_KEY,
    PAGE,
    SCRIPT,
    VKEY,
    WITNESS,
    Log,
    by_page,
    by_script,
    case,
    digest_of,
    files_of,
    make_bag,
    node,
    page_part,
    query,
    reseal,
    script,
    sealed,
)
from tamperings import (
    TAMPERINGS,
    Tampering,
    forge_rows,
    link_a_file,
    link_a_folder,
    new_checkpoint,
    replaced,
    signed_by,
)

from ledger.publishing.case import export_case
from ledger.transparency.checkpoints import Checkpoint
from ledger.transparency.notes import COSIGNATURE_V1, Note, SigningKey, VerifierKey

needs_node = pytest.mark.skipif(node() is None, reason="NO NODE: the script of verify_case.html is not tested at all")


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    return make_bag(tmp_path / "bag")


def both(bag: Path, key: str = VKEY) -> dict[str, Any]:
    """The report of the Python verifier, which the page must give too, word for word."""
    report = by_script(bag, key)
    if node():
        assert by_page(bag, key) == report
    return report


@pytest.mark.parametrize("name", TAMPERINGS)
def test_a_tampered_case_fails_with_a_sentence_by_the_script(name: str, bag: Path) -> None:
    tamper, check, fragment = TAMPERINGS[name]
    tamper(bag)
    report = by_script(bag)
    assert (report["verdict"], report["failed_check"]) == ("failed", check)
    assert fragment in report["sentence"]
    assert report["sentence"].endswith((".", ")"))
    assert report["not_proved"] == []


@needs_node
@pytest.mark.parametrize("name", TAMPERINGS)
def test_a_tampered_case_fails_with_the_same_sentence_in_the_page(name: str, bag: Path) -> None:
    TAMPERINGS[name][0](bag)
    said, expected = by_page(bag), by_script(bag)
    # The browser lists files and not folders, so only the name in the sentence differs.
    if name == "a folder is added":
        assert said["sentence"] == "data/more/x is no file of a case."
        said["sentence"] = expected["sentence"]
    assert said == expected


def test_a_case_as_it_was_exported_is_proved(bag: Path) -> None:
    report = both(bag)
    assert report["verdict"] == "proved"
    assert report["sentence"] is None
    assert len(report["proved"]) == 5


@pytest.mark.parametrize("size", [*range(1, 20), 255, 256, 257, 513])
def test_a_case_from_a_log_of_any_size_is_proved(size: int, tmp_path: Path) -> None:
    log = Log(size)
    positions = tuple(range(1, size + 1)) if size < 20 else (1, size // 2, size)
    export_case(log, tmp_path / "bag", case(log, query=query(known_at=size), positions=positions, disclosures=()))
    assert both(tmp_path / "bag")["verdict"] == "proved"


def test_a_case_without_entries_rows_day_policy_or_disclosures_is_proved(tmp_path: Path) -> None:
    asked = query(rows=(), columns=(), known_at=0, as_of=None)
    report = both(make_bag(tmp_path / "bag", query=asked, positions=(), policy=None, disclosures=()))
    assert report["verdict"] == "proved"
    assert "Each of the 0 entries" in report["proved"][2]
    assert len(report["proved"]) == 4


def test_a_forger_who_seals_a_case_as_it_is_changes_nothing(bag: Path) -> None:
    reseal(bag)
    assert both(bag)["verdict"] == "proved"


def test_rows_edited_with_their_statement_and_csv_pass_and_the_report_says_what_is_not_proved(bag: Path) -> None:
    forge_rows(bag)
    replaced("data/rows.csv", "friend", "enemy")(bag)
    report = both(bag)
    assert report["verdict"] == "proved"
    said = next(sentence for sentence in report["not_proved"] if "rows follow from these entries" in sentence)
    assert "whoever has the whole log asks again and must get the same" in said
    assert sha256((bag / "data/rows.json").read_bytes()).hexdigest() in said


def test_the_report_says_what_no_case_proves(bag: Path) -> None:
    said = " ".join(both(bag)["not_proved"])
    for words in ("entered is true", "everything that happened", "shows everyone", "You gave it", "verifier is honest"):
        assert words in said


def test_the_policy_is_said_to_be_not_applied_only_where_there_is_one(bag: Path, tmp_path: Path) -> None:
    assert "policy" in " ".join(both(bag)["not_proved"])
    assert "policy" not in " ".join(both(make_bag(tmp_path / "other", policy=None))["not_proved"])


def test_text_from_the_bag_cannot_turn_a_line_around_or_speak_to_the_terminal(tmp_path: Path) -> None:
    asked = query(words="\x1b]0;x\x07\u202etxt\n\nPROVED" + "a" * 500)
    said = " ".join(both(make_bag(tmp_path / "bag", query=asked))["not_proved"])
    assert "“\\u001b]0;x\\u0007\\u202etxt\\u000a\\u000aPROVED" in said
    assert "a…”" in said
    assert not re.search("[\x00-\x1f\u202e]", said)


@pytest.mark.parametrize("link", [link_a_file, link_a_folder])
def test_a_symbolic_link_fails_for_the_script(link: Tampering, bag: Path) -> None:
    link(bag)
    report = by_script(bag)
    assert report["failed_check"] == "bag"
    assert "is a symbolic link; a case has none" in report["sentence"]


@needs_node
@pytest.mark.parametrize("link", [link_a_file, link_a_folder])
def test_what_a_link_stands_for_is_missing_in_a_browser_that_follows_none(link: Tampering, bag: Path) -> None:
    link(bag)
    report = by_page(bag)
    assert report["failed_check"] == "bag"
    assert report["sentence"].endswith("is listed in manifest-sha256.txt and missing.")


def test_a_pipe_in_place_of_a_file_fails_and_does_not_wait(bag: Path) -> None:
    (bag / "data/policy").unlink()
    os.mkfifo(bag / "data/policy")
    assert by_script(bag)["sentence"] == "data/policy is no file of a case."


def test_a_name_that_is_not_utf_8_fails(bag: Path) -> None:
    (Path(os.fsdecode(os.fsencode(bag) + b"/data/\xff"))).write_bytes(b"")
    assert by_script(bag)["sentence"] == "data/\\udcff is no file of a case."


@pytest.mark.parametrize(
    ("key", "fragment"),
    [
        ("", "not written name+id+base64"),
        (f"{VKEY}\n", "not written name+id+base64"),
        (VKEY.replace("+", " ", 1), "not written name+id+base64"),
        (f"{ORIGIN}+{KEY.verifier.key_id.hex()}+AAAA", "not written name+id+base64"),
        (f"x{VKEY}", "something was mistyped"),
        (str(OTHER_KEY.verifier).replace(OTHER_KEY.verifier.key_id.hex(), KEY.verifier.key_id.hex()), "mistyped"),
        (str(WITNESS.verifier), "is none for Ed25519 signatures of a log"),
        (str(KEY), "not written name+id+base64"),
    ],
)
def test_with_a_key_that_is_none_nothing_is_checked(key: str, fragment: str, bag: Path) -> None:
    report = both(bag, key)
    assert report["verdict"] == "unusable"
    assert fragment in report["sentence"]
    assert report["proved"] == []


def test_another_logs_key_fails(bag: Path) -> None:
    for key in (OTHER_KEY.verifier, SigningKey.generate("other.example").verifier):
        report = both(bag, str(key))
        assert (report["verdict"], report["failed_check"]) == ("failed", "checkpoint")


def test_a_key_in_the_bag_is_not_looked_at(bag: Path) -> None:
    # A whole forged case, with its own key in the policy: only the key that the auditor gives counts.
    forged = Log(13)
    (bag / "data/policy").write_text(f"log {OTHER_KEY.verifier}\nquorum none\n")
    new_checkpoint(forged.checkpoint(key=OTHER_KEY))(bag)
    assert both(bag)["failed_check"] == "checkpoint"
    assert both(bag, str(OTHER_KEY.verifier))["verdict"] == "proved"


def test_a_root_of_another_tree_that_the_key_signed_proves_none_of_the_leaves(bag: Path) -> None:
    new_checkpoint(signed_by(KEY, text=Checkpoint(ORIGIN, 13, bytes(32)).text))(bag)
    assert "is not proved" in both(bag)["sentence"]


def test_a_key_that_is_no_point_of_the_curve_proves_nothing(bag: Path) -> None:
    off_curve = VerifierKey(ORIGIN, 1, bytes([2]) + bytes(31))
    note = Note.parse(Log(13).checkpoint())
    value = off_curve.key_id + note.signatures[0].value
    new_checkpoint((note.text + f"\n\u2014 {ORIGIN} {base64.b64encode(value).decode()}\n").encode())(bag)
    assert by_script(bag, str(off_curve))["verdict"] != "proved"
    if node():
        assert by_page(bag, str(off_curve))["verdict"] != "proved"


def in_memory(files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setattr(script(), "read_bag", lambda _folder: files)
    return by_script(Path())


def test_every_flipped_bit_of_a_small_case_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = files_of(make_bag(tmp_path / "bag", size=3, query=query(known_at=3), positions=(2,), disclosures=()))
    assert in_memory(files, monkeypatch)["verdict"] == "proved"
    chance = random.Random(5)  # noqa: S311 - no secret
    for path, data in files.items():
        # The verifiers are long and only ever hashed: some of their bytes stand for all.
        places = range(len(data)) if not path.startswith("verify_case") else range(0, len(data), 997)
        for place in places:
            flipped = bytearray(data)
            flipped[place] ^= 1 << chance.randrange(8)
            report = in_memory({**files, path: bytes(flipped)}, monkeypatch)
            assert report["verdict"] == "failed", (path, place)


def test_every_flipped_bit_of_the_evidence_is_found_though_the_manifests_are_made_to_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The statement's words, day and position, and the policy, are nobody's proof, which the report says.
    files = files_of(make_bag(tmp_path / "bag", size=3, query=query(known_at=3), positions=(2,), disclosures=()))
    chance = random.Random(6)  # noqa: S311 - no secret
    for path in ("data/checkpoint", "data/leaves.jsonl", "data/proofs/2.tlog-proof", "data/rows.json", "data/rows.csv"):
        for place in range(len(files[path])):
            flipped = bytearray(files[path])
            flipped[place] ^= 1 << chance.randrange(8)
            report = in_memory(sealed({**files, path: bytes(flipped)}), monkeypatch)
            assert report["verdict"] == "failed", (path, place)
            assert report["failed_check"] != "bag", (path, place, report["sentence"])


def run(*words: str | Path, script_at: Path = SCRIPT) -> subprocess.CompletedProcess[str]:
    # Isolated: neither the checkout nor anybody's environment is on its path.
    command = [sys.executable, "-I", str(script_at), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", encoding="utf-8")


def test_the_script_in_the_bag_runs_by_itself_and_prints_what_is_proved_and_what_is_not(bag: Path) -> None:
    done = run(bag, "--key", VKEY, script_at=bag / "verify_case.py")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("PROVED\nWhat is proved:\n  - The bag is whole")
    assert "What is not proved:\n  - That what was entered is true" in done.stdout


def test_the_script_exits_with_1_when_a_check_failed(bag: Path) -> None:
    replaced("data/leaves.jsonl", "bær 6", "bær 5")(bag)
    done = run(bag, "--key", VKEY)
    assert done.returncode == 1
    assert done.stdout.startswith("FAILED\n  The entry at position 7 is not proved")


@pytest.mark.parametrize("words", [["/nowhere", "--key", VKEY], ["BAG", "--key", "x"], ["BAG"], []])
def test_the_script_exits_with_2_when_nothing_could_be_checked(words: list[str], bag: Path) -> None:
    done = run(*(str(bag) if word == "BAG" else word for word in words))
    assert done.returncode == 2
    assert done.stdout + done.stderr


def test_a_bag_that_may_not_be_read_is_not_called_forged(bag: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_path: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "is_symlink", refused)
    assert by_script(bag)["verdict"] == "unusable"


def test_the_script_gives_the_same_report_as_json(bag: Path) -> None:
    done = run(bag, "--key", VKEY, "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout) == by_script(bag)


def test_the_script_imports_the_standard_library_and_cryptography_only() -> None:
    names = set[str]()
    for statement in ast.walk(ast.parse(SCRIPT.read_text(encoding="utf-8"))):
        if isinstance(statement, ast.Import):
            names |= {name.name.partition(".")[0] for name in statement.names}
        elif isinstance(statement, ast.ImportFrom):
            names.add((statement.module or ".").partition(".")[0])
    assert names - sys.stdlib_module_names == {"cryptography"}


def test_the_page_allows_itself_no_more_than_its_own_style_and_script() -> None:
    page = PAGE.read_text(encoding="utf-8")
    policy = re.search('http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy

    def digest(tag: str) -> str:
        return f"'sha256-{base64.b64encode(sha256(page_part(tag).encode()).digest()).decode()}'"

    assert policy[1].split("; ") == [
        "default-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        # After a change of the page, the hashes that this test shows go into its policy.
        f"script-src {digest('script')}",
        f"style-src {digest('style')}",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]
    assert page.index("Content-Security-Policy") < page.index("<title>")
    assert len(re.findall("<(script|style)", page)) == 2


def test_the_page_loads_nothing_sends_nothing_and_writes_text_only_as_text() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert not re.findall(r"https?:|//[a-z]|\bsrc=|\bhref=|@import|\burl\(|\bon[a-z]+=", page)
    script_text = page_part("script")
    ways = r"innerHTML|outerHTML|insertAdjacent|document\.write|setAttribute|eval|fetch|XMLHttp|WebSocket|import\("
    assert not re.findall(ways, script_text)
    assert re.findall(r"textContent = ([a-zA-Z\"][^;]*)", script_text)


def test_both_verifiers_give_the_auditor_the_same_number_of_bytes_and_files_to_expect() -> None:
    for name in ("MAX_FILES", "MAX_FILE_BYTES", "MAX_BAG_BYTES", "MAX_NOTE_BYTES", "MAX_LEAF_BYTES", "MAX_NESTING"):
        written_there = re.search(rf"const {name} = ([^;]+);", page_part("script"))
        assert written_there
        assert eval(written_there[1]) == getattr(script(), name)  # noqa: S307 - a product in our own page


def test_the_kit_signs_as_the_ledger_does() -> None:
    assert WITNESS.algorithm == COSIGNATURE_V1
    assert digest_of(0) in Log(1).leaves[0].decode()
