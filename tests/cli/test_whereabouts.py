"""Which ledger is meant, and who is asking."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli import days, where
from cli.call import Call
from cli.errors import Usage
from ledger.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    Say = Callable[..., Result]


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "elsewhere" / ".tillit" / "ledger.db"
    path.parent.mkdir(parents=True)
    path.touch()
    return path


def test_a_ledger_is_named_by_its_file_its_folder_or_the_folder_around_it(ledger: Path) -> None:
    for name in (ledger, ledger.parent, ledger.parent.parent):
        assert where.place(str(name)) == str(ledger)


def test_a_url_is_left_as_it_is() -> None:
    assert where.place("postgresql+psycopg://host/db") == "postgresql+psycopg://host/db"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://u:hunter2@h/db", "postgresql://u:***@h/db"),
        ("postgresql://u:hun/ter@2@h/db", "postgresql://u:***@h/db"),
        ("postgresql://u@h:5432/db?password=hunter2&x=1", "postgresql://u@h:5432/db?password=***&x=1"),
        ("postgresql://u@h/db?sslpassword=hunter2", "postgresql://u@h/db?sslpassword=***"),
    ],
)
def test_a_password_is_refused_where_everybody_can_read_it(address: str, shown: str) -> None:
    with pytest.raises(Usage) as caught:
        where.place(address)
    assert caught.value.code == "ledger.password"
    assert where.masked(address) == shown


def test_an_address_without_a_password_is_no_secret() -> None:
    for address in ("postgresql://u@h:5432/db?host=a:1&host=b:2", "postgresql://h:5432/db", "sqlite:///a@b.db"):
        assert where.place(address) == where.masked(address) == address


def test_said_beats_environment_beats_nearest(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nearest = Path.cwd() / ".tillit" / "ledger.db"
    nearest.parent.mkdir()
    nearest.touch()
    (Path.cwd() / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir("a/b")
    assert where.place(None) == str(nearest)
    monkeypatch.setenv("TILLIT_LEDGER", str(ledger))
    assert where.place(None) == str(ledger)
    assert where.place(str(nearest)) == str(nearest)
    monkeypatch.setenv("TILLIT_LEDGER", "")
    assert where.place(None) == str(nearest)


def test_no_ledger_anywhere_is_told_with_the_way_to_make_one(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(where, "FOLDER", ".tillit-of-no-one")
    with pytest.raises(NotFound) as missing:
        where.place(None)
    assert missing.value.code == "ledger.none"
    assert "tillit init NAME --founder HANDLE" in missing.value.hints
    with pytest.raises(NotFound, match="nowhere"):
        where.place("nowhere")
    assert json.loads(say("config", "--json").stdout)["ledger"] is None


def test_a_removed_working_folder_is_no_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(NotFound):
        where.place(None)


def test_a_new_ledger_goes_into_a_folder_of_its_own(tmp_path: Path) -> None:
    assert Path(where.founding_place(None)) == Path(".tillit/ledger.db")
    assert where.founding_place(str(tmp_path)) == str(tmp_path / ".tillit" / "ledger.db")
    assert where.founding_place(str(tmp_path / ".tillit")) == str(tmp_path / ".tillit" / "ledger.db")
    assert where.founding_place("own.db") == "own.db"
    assert where.founding_place("sqlite:///x.db") == "sqlite:///x.db"


def test_who_i_am_is_said_or_set_or_asked_for(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = Call(given_ledger=None, given_me=None, json=False, now=days.now())
    assert where.me(None) is None
    with pytest.raises(Usage) as unknown:
        nobody.me()
    assert unknown.value.code == "who.unknown"
    assert any("tillit config me" in hint for hint in unknown.value.hints)
    assert say("config", "me", "anna").exit_code == 0
    assert where.me(None) == "anna"
    monkeypatch.setenv("TILLIT_ME", "bo")
    assert where.me(None) == "bo"
    assert where.me("eva") == "eva"
    monkeypatch.setenv("TILLIT_ME", "Åsa Ek")
    with pytest.raises(Usage, match="Åsa Ek is not a handle") as slip:
        nobody.me()
    assert slip.value.hints == ("asa-ek would do.",)


def test_me_and_ledger_are_said_before_the_command_or_after_it(say: Say, ledger: Path) -> None:
    for words in (
        ["--me", "eva", "--ledger", str(ledger), "config", "--json"],
        ["config", "--json", "--me", "eva", "--ledger", str(ledger)],
        ["--me", "bo", "config", "--me", "eva", f"--ledger={ledger}", "--json"],
    ):
        told = json.loads(say(*words).stdout)
        assert (told["me"], told["me_from"]) == ("eva", "--me")
        assert (told["ledger"], told["ledger_from"]) == (str(ledger), "--ledger")


def test_setting_who_i_am_leaves_the_rest_of_the_file(say: Say) -> None:
    path = where.settings_file()
    path.parent.mkdir(parents=True)
    path.write_text('# mine\nlang = "sv"\nme = "old"  # was\n[me]\n'.replace("[me]", "[other]") + 'me = "not this"\n')
    say("config", "me", "anna")
    assert path.read_text() == '# mine\nlang = "sv"\nme = "anna"\n[other]\nme = "not this"\n'
    assert [entry.name for entry in path.parent.iterdir()] == ["config.toml"]
    path.write_text("[other]\n")
    say("config", "me", "bo")
    assert path.read_text() == 'me = "bo"\n[other]\n'


def test_what_is_no_handle_or_no_settings_file_is_refused_and_nothing_written(say: Say) -> None:
    assert json.loads(say("config", "me", 'a"b', "--json").stderr)["error"]["code"] == "who.malformed"
    path = where.settings_file()
    assert not path.exists()
    path.parent.mkdir(parents=True)
    path.write_text("me = = 1")
    result = say("config", "me", "anna", "--json")
    assert (result.exit_code, json.loads(result.stderr)["error"]["code"]) == (2, "config.unreadable")
    assert path.read_text() == "me = = 1"
