"""What is kept about the place: stats, schemas, settings, completion, the demo, and where texts come from."""

from __future__ import annotations

import json

import pytest
from faceskit import Person


def test_stats_count_what_there_is(town: Person) -> None:
    facts = town.row("stats")
    assert facts["events"] == town.head()
    assert (facts["decisions"], facts["members"], facts["offered"]) == (4, 6, 1)
    lines = dict(line.split("\t") for line in town.done("stats").splitlines())
    assert set(lines) == set(facts)
    assert lines["events"] == str(facts["events"])
    assert lines["last_recorded_at"] == facts["last_recorded_at"]


def test_the_schemas_are_json_schemas_of_every_command_and_event(person: Person) -> None:
    for of in ("events", "commands"):
        schema = json.loads(person.done(f"schema {of}"))
        assert "json-schema.org" in schema["$schema"]
    assert json.loads(person.done("schema")) == json.loads(person.done("schema events"))


def test_a_shell_gets_its_script(person: Person) -> None:
    for shell in ("bash", "zsh", "fish"):
        assert "_TILLIT_COMPLETE" in person.done(f"completion {shell}")


def test_the_settings_say_who_and_which_ledger_and_why(town: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    assert town.row("config")["me"] is None
    town.done("config me anna")
    told = town.row("config")
    assert (told["me"], told["me_from"], told["ledger_from"]) == ("anna", "config", "nearest")
    town.done("define ny --title Ny --parent norr --on 2025-11-01")
    assert [row["actor"] for row in town.last()] == ["anna"]
    monkeypatch.setenv("TILLIT_ME", "eva")
    monkeypatch.setenv("TILLIT_LEDGER", str(town.folder))
    told = town.row("config")
    assert (told["me"], told["me_from"], told["ledger_from"]) == ("eva", "TILLIT_ME", "TILLIT_LEDGER")
    assert town.row("config --me bo")["me_from"] == "--me"
    assert town.error("config me 'Not A Handle'")[1]["code"] == "who.malformed"
    assert town.row("config me gruppen:chef", "--me", "eva")["me"] == "gruppen:chef"


def test_the_demo_tells_its_year_with_real_commands(person: Person) -> None:
    result = person.say("demo year")
    assert result.exit_code == 0, result.output
    said = [line for line in result.stdout.splitlines() if line.startswith("$ tillit ")]
    assert len(said) > 20
    assert (person.folder / "year" / ".tillit" / "ledger.db").is_file()
    assert person.row("verify", "--ledger", str(person.folder / "year"))["verdict"] == "whole"
    assert person.error("demo year")[1]["code"] == "demo.not_empty"
    assert not person.file.exists()


def test_a_journal_of_the_same_year_gives_the_same_answers(town: Person) -> None:
    (town.folder / "more.jsonl").write_text(
        '{"do": "member add", "by": "eva", "on": "2025-11-01", "handle": "fia"}\n'
        '{"do": "offer", "by": "anna", "on": "2025-11-02T09:00:00+01:00", "code": "tom", "to": "fia"}\n'
    )
    assert town.row("import journal more.jsonl --me cia")["recorded"] == 2
    assert [(row["actor"], row["recorded_by"]) for row in town.last(2)] == [("eva", "cia"), ("anna", "cia")]
    assert {row["code"] for row in town.rows("offers")} == {"tom", "bud"}


def test_the_ledger_is_found_upward_by_folder_file_or_address(town: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = town.folder / "a" / "b"
    deep.mkdir(parents=True)
    expected = town.rows("who-owns")
    monkeypatch.chdir(deep)
    assert town.rows("who-owns") == expected
    monkeypatch.chdir("/")
    for place in (town.folder, town.folder / ".tillit", town.file, f"sqlite:///{town.file}"):
        assert town.rows("who-owns", "--ledger", str(place)) == expected
    code, error = town.error("who-owns", "--ledger", str(town.folder / "nowhere"))
    assert (code, error["hint"]) == (3, "tillit init NAME --founder HANDLE")
    assert town.error("who-owns")[0] == 3


def test_long_texts_come_from_standard_input(town: Person) -> None:
    words = town.words(
        "decide 'Two tyres' --type purchase/vehicle --amount 800 --because - --me bo --on 2025-11-01 --json"
    )
    told = json.loads(town.say_words(words, stdin="Flat.\nBoth of them.\n").stdout)
    made = [row for row in town.rows("history", told["decision"]) if row["event"] == "decision.made.v1"]
    assert made[0]["data"]["rationale"] == "Flat.\nBoth of them."
    code, error = town.error("decide T --because - --question - --me bo")
    assert (code, error["code"]) == (2, "text.taken")
