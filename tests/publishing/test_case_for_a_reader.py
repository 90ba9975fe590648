"""A case made for somebody holds the private texts that are theirs to read, and of the others nothing at all."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from casekit import by_page, by_script, files_of, node, reseal
from click.testing import CliRunner

from cli.main import root
from ledger import Keys, command, create_ledger

if TYPE_CHECKING:
    from collections.abc import Callable

FOUNDED = datetime(2025, 1, 1, tzinfo=UTC)
NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
BETWEEN = "Du lyssnade inte på mig i mars."
LINE = 'It took "three" weeks\n\u2028and 😀 no answer'
OPEN = "Everybody should know how well that went."
REPLY = "Thank you, I did not see it so."
NOTE = "The key lies at the caretaker's."
TEXTS = (BETWEEN, LINE, OPEN, REPLY, NOTE, "Bo Ek")

pytestmark = pytest.mark.usefixtures("town")


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Bo holds norr under eva; cia told him something between them and something for his line, dan all; its vkey."""
    for name in ("TILLIT_LEDGER", "TILLIT_ME", "TILLIT_NO_SIGN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("cli.days.now", lambda: NOW)
    monkeypatch.setattr("ledger.opening._now", lambda: NOW)
    place = tmp_path / ".tillit" / "ledger.db"
    place.parent.mkdir()
    keys = Keys(tmp_path / "settings" / "tillit" / "keys")
    with create_ledger(place, "Town", ["eva"], on=FOUNDED, keys=keys) as ledger:

        def say(do: str, by: str = "eva", **fields: object) -> str:
            told = ledger.tell(command({"do": do, "by": by, "on": "2025-02-01", **fields}))
            return told.entries[0].stream

        say("member add", handle="bo", name="Bo Ek")
        for handle in ("cia", "dan", "fia", "gun"):
            say("member add", handle=handle)
        norr = say("define", code="norr", title="Norr")
        say("offer", code="norr", to="bo")
        say("accept", "bo", code="norr")
        said: dict[str, object] = {"to": "bo", "about": norr, "kind": "guidance"}
        between = say("feedback give", "cia", **said, text=BETWEEN)
        say("feedback reply", "bo", feedback=between, text=REPLY)
        say("feedback give", "cia", **said | {"on": "2025-03-01"}, text=LINE, visibility="line")
        say("feedback give", "dan", **said, text=OPEN, visibility="open")
        say("note", stream=norr, text=NOTE)
        say("member leave", handle="gun")
        return str(keys.verifiers(ledger.origin)[-1])


def told(*words: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    result = CliRunner().invoke(root, [*words, "--json"])
    assert result.exit_code == 0, (result.output, result.exception)
    return json.loads(result.stdout)


def bag(name: str, *words: str, query: str = "log") -> Path:
    told("export", "case", name, "--query", query, *words)
    return Path(name).resolve()


def texts(bag: Path) -> set[str]:
    file = bag / "data" / "disclosures.jsonl"
    return {json.loads(line)["value"] for line in file.read_bytes().splitlines()} if file.exists() else set()


def both(bag: Path, vkey: str) -> dict[str, Any]:
    """The report of the Python verifier, which the page must give too, word for word."""
    report = by_script(bag, vkey)
    if node():
        assert by_page(bag, vkey) == report
    return report


@pytest.mark.parametrize(
    ("reader", "read"),
    [
        ("cia", {BETWEEN, LINE, OPEN, REPLY, NOTE, "Bo Ek"}),
        ("bo", {BETWEEN, LINE, OPEN, REPLY, NOTE, "Bo Ek"}),
        ("eva", {LINE, OPEN, NOTE, "Bo Ek"}),
        ("dan", {OPEN, NOTE, "Bo Ek"}),
        ("fia", {OPEN, NOTE, "Bo Ek"}),
    ],
)
def test_a_reader_gets_what_is_theirs_to_read_and_both_verifiers_prove_it(
    town: str, reader: str, read: set[str]
) -> None:
    facts = told("export", "case", "bag", "--query", "log", "--for", reader)
    assert (facts["for"], facts["disclosures"], facts["withheld"]) == (reader, len(read), len(TEXTS) - len(read))
    case = Path("bag").resolve()
    assert texts(case) == read
    # Of the others nothing, in no file of it.
    everything = b"\n".join(files_of(case).values())
    for text in set(TEXTS) - read:
        assert json.dumps(text, ensure_ascii=False).encode()[1:-1] not in everything
    report = both(case, town)
    assert report["verdict"] == "proved"
    assert f"The {len(read)} disclosed values are those that the entries commit to." in report["proved"]


def test_without_a_reader_no_private_text_lies_in_a_case_whoever_makes_it() -> None:
    for number, query in enumerate(("log", "members", "feedback list", "history norr")):
        case = bag(f"bag-{number}", "--me", "cia", query=query)
        files = files_of(case)
        assert "data/disclosures.jsonl" not in files
        for text in TEXTS:
            assert json.dumps(text, ensure_ascii=False).encode()[1:-1] not in b"\n".join(files.values())
    rows = list(csv.DictReader(io.StringIO((bag("list", query="feedback list") / "data/rows.csv").read_text())))
    assert [row["text"] for row in rows] == ["(private)"] * 3


def test_only_texts_of_the_entries_behind_the_answer_are_handed_over() -> None:
    assert texts(bag("bag", "--for", "cia", query="history norr")) == {NOTE}
    assert texts(bag("other", "--for", "cia", query="feedback list --by dan")) == {OPEN}
    assert texts(bag("none", "--for", "cia", query="who-owns")) == set()


@pytest.mark.parametrize(("reader", "code", "exit_code"), [("ciaa", "name.unknown", 3), ("gun", "reader.gone", 1)])
def test_who_takes_no_part_is_no_reader(reader: str, code: str, exit_code: int) -> None:
    result = CliRunner().invoke(root, ["export", "case", "bag", "--query", "log", "--for", reader, "--json"])
    assert (result.exit_code, json.loads(result.stderr)["error"]["code"]) == (exit_code, code)
    assert not Path("bag").exists()


def test_a_text_that_is_erased_is_not_there_and_the_entry_that_erased_it_is(town: str) -> None:
    before = told("export", "case", "before", "--query", "feedback list", "--for", "cia")
    told("erase", "bo", "--ground", "he asked", "--me", "bo")
    facts = told("export", "case", "bag", "--query", "feedback list", "--for", "cia")
    case = Path("bag").resolve()
    assert texts(case) == set()
    leaves = [json.loads(line) for line in (case / "data/leaves.jsonl").read_bytes().splitlines()]
    erasures = {each["by"] for each in facts["erased"]}
    assert len(facts["erased"]) == before["disclosures"] == 3
    for each in facts["erased"]:
        (committed,) = (leaf["entry"]["event"]["body_digest"] for leaf in leaves if leaf["seq"] + 1 == each["entry"])
        (erasing,) = (leaf["entry"] for leaf in leaves if leaf["seq"] + 1 == each["by"])
        assert erasing["kind"] == "feedback.body_erased.v1"
        assert committed in erasing["event"]["digests"]
    assert both(case, town)["verdict"] == "proved"
    said = CliRunner().invoke(root, ["export", "case", "said", "--query", "feedback list", "--for", "cia"]).stderr
    for each in facts["erased"]:
        assert f"The text of entry {each['entry']} is erased, as entry {each['by']} says" in said
    # Who was never to read it is not told either.
    assert told("export", "case", "fia", "--query", "feedback list --by cia", "--for", "fia")["erased"] == []
    assert len(erasures) == len({leaf["seq"] for leaf in leaves if leaf["entry"]["kind"].endswith("erased.v1")})


def test_the_answer_is_the_same_for_every_reader_and_after_an_erasure() -> None:
    words = ("export", "case")
    query = ("--query", "feedback list --as-of 2025-05-01")
    prints = {
        told(*words, name, *query, *more)["fingerprint"]
        for name, more in (("nobody", ()), ("cia", ("--for", "cia")), ("fia", ("--for", "fia", "--me", "bo")))
    }
    told("audit", "members", "--me", "eva")
    told("audit", "log", "--me", "eva")
    told("erase", "bo", "--ground", "he asked", "--me", "bo")
    assert prints == {told(*words, "after", *query)["fingerprint"]}
    assert [row["same"] for row in told("audits", "--repeat")] == [True, True]


def edited(line: dict[str, str]) -> None:
    line["value"] = "You never listen."


def resalted(line: dict[str, str]) -> None:
    line["salt"] = "A" * 22


def of_another(line: dict[str, str]) -> None:
    line["name"] = "note"


@pytest.mark.parametrize("change", [edited, resalted, of_another])
def test_a_text_that_is_not_the_one_committed_to_is_found(town: str, change: Callable[[dict[str, str]], None]) -> None:
    case = bag("bag", "--for", "cia", query="feedback list")
    file = case / "data" / "disclosures.jsonl"
    first, *others = file.read_bytes().splitlines()
    line = json.loads(first)
    change(line)
    changed = json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    file.write_bytes(b"".join(each + b"\n" for each in (changed, *others)))
    reseal(case)
    report = both(case, town)
    assert (report["verdict"], report["failed_check"]) == ("failed", "disclosures")


def test_a_text_of_an_entry_that_is_not_in_the_case_is_found(town: str) -> None:
    case, other = bag("bag", "--for", "cia", query="feedback list"), bag("other", "--for", "cia", query="history norr")
    file = case / "data" / "disclosures.jsonl"
    file.write_bytes(file.read_bytes() + (other / "data" / "disclosures.jsonl").read_bytes())
    reseal(case)
    report = both(case, town)
    assert (report["verdict"], report["failed_check"]) == ("failed", "disclosures")
    assert "stands in none of the entries" in report["sentence"]


def test_the_help_shows_how_a_case_is_made_for_somebody() -> None:
    said = CliRunner().invoke(root, ["export", "case", "--help"]).stdout
    assert "tillit export case said-to-bo --query 'feedback list --to bo' --for bo" in said
