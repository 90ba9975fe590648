"""The words around a witness: its key, who may reach it, and what it needs to run."""

from __future__ import annotations

import json
import socket
import stat
from typing import TYPE_CHECKING, Any

import pytest
from witnesskit import LOG, PROJECT, WITNESS, Place, ask, tillit

from ledger.transparency.notes import COSIGNATURE_V1, SigningKey, VerifierKey

if TYPE_CHECKING:
    from pathlib import Path

REPORT = "print('LOADED', *{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"


def refused(folder: Path, *words: str, before: str = "") -> tuple[int, str, dict[str, Any]]:
    """The exit code, the error's code and the error itself."""
    result = tillit(folder, *words, "--json", before=before)
    assert result.stdout == ""
    error = json.loads(result.stderr)["error"]
    return result.returncode, error["code"], error


def test_a_key_is_made_for_cosignatures_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    made = tillit(tmp_path, "witness", "key", "create", "revision.example/w1")
    file = tmp_path / "settings" / "tillit" / "witness.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in file.parent.iterdir()] == ["witness.key"]
    secret = SigningKey.parse(file.read_text().removesuffix("\n"))
    assert (secret.name, secret.algorithm) == ("revision.example/w1", COSIGNATURE_V1)
    assert made.stdout == f"{secret.verifier}\n"
    assert str(file) in made.stderr
    assert str(secret) not in made.stdout + made.stderr
    assert tillit(tmp_path, "witness", "key", "show").stdout == made.stdout
    shown = json.loads(tillit(tmp_path, "witness", "key", "show", "--json").stdout)
    assert shown == {"name": "revision.example/w1", "vkey": str(secret.verifier)}


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    words = ("witness", "key", "create", "revision.example/w1", "--key", "w.key")
    assert tillit(tmp_path, *words).returncode == 0
    before = (tmp_path / "w.key").read_bytes()
    assert refused(tmp_path, *words)[:2] == (1, "witness.key_exists")
    assert (tmp_path / "w.key").read_bytes() == before
    assert [each.name for each in tmp_path.glob("*w.key*")] == ["w.key"]


@pytest.mark.parametrize("name", ["", "two words", "a+b"])
def test_a_name_that_no_signature_line_can_hold_is_refused(tmp_path: Path, name: str) -> None:
    assert refused(tmp_path, "witness", "key", "create", name, "--key", "w.key")[:2] == (2, "witness.name")
    assert not (tmp_path / "w.key").exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602])
def test_a_key_that_is_open_to_others_is_not_used(place: Place, mode: int) -> None:
    assert place.key
    place.key_file.chmod(mode)
    assert refused(place.folder, *place.words())[:2] == (1, "witness.key_exposed")
    assert refused(place.folder, "witness", "key", "show", "--key", "w.key")[:2] == (1, "witness.key_exposed")
    assert not place.state.exists()


def test_a_witness_without_a_key_is_told_how_to_make_one(tmp_path: Path) -> None:
    words = ("witness", "serve", "--log", str(LOG.verifier), "--state", "w.db")
    code, name, error = refused(tmp_path, *words)
    assert (code, name) == (3, "witness.no_key")
    assert "tillit witness key create" in error["message"]


@pytest.mark.parametrize("text", ["", "garbage\n", f"{LOG}\n", f"{WITNESS.verifier}\n", f"{WITNESS}\n\n"])
def test_a_file_that_holds_no_key_of_a_witness_is_refused_and_not_quoted(tmp_path: Path, text: str) -> None:
    file = tmp_path / "w.key"
    file.write_text(text)
    file.chmod(0o600)
    code, name, error = refused(tmp_path, "witness", "key", "show", "--key", "w.key")
    assert (code, name) == (4, "witness.key_malformed")
    assert not text.strip() or text.strip() not in error["message"]


@pytest.mark.parametrize("vkey", ["nonsense", str(WITNESS.verifier), str(LOG.verifier)[:-1] + "A"])
def test_a_log_is_named_by_its_public_key(place: Place, vkey: str) -> None:
    assert place.key
    words = place.words("--log", vkey)
    assert refused(place.folder, *words)[:2] == (2, "witness.log_key")


def test_other_machines_are_let_in_only_if_that_is_said(place: Place) -> None:
    assert place.key
    for host in ("0.0.0.0", "::"):  # noqa: S104 - that is the point
        code, name, error = refused(place.folder, *place.words("--host", host))
        assert (code, name) == (1, "witness.public"), error
    assert not place.state.exists()
    witness = place.start("--host", "0.0.0.0", "--public")  # noqa: S104
    assert ask(witness.url, None, "/health", "GET").status == 200
    assert witness.stop() == 0
    assert "Other machines may reach it, over HTTP without encryption." in witness.said


def test_a_witness_says_in_json_where_it_listens_and_for_whom(place: Place) -> None:
    with pytest.raises(AssertionError):
        place.start("--json", "--host", "localhost")
    told = json.loads(place.running[0].url)
    assert told["url"].startswith("http://")
    assert told | {"url": ""} == {
        "url": "",
        "vkey": str(place.key),
        "logs": [LOG.name],
        "public": False,
        "begun": True,
    }
    assert VerifierKey.parse(told["vkey"]) == place.key


def test_a_port_that_is_taken_is_told(place: Place) -> None:
    assert place.key
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert refused(place.folder, *place.words("--port", port))[:2] == (1, "witness.address")
    assert refused(place.folder, *place.words("--host", "no such host"))[:2] == (1, "witness.address")


def test_a_memory_that_is_something_else_is_refused(place: Place) -> None:
    assert place.key
    place.state.write_bytes(b"garbage " * 1000)
    assert refused(place.folder, *place.words())[:2] == (4, "witness.damaged")


@pytest.mark.parametrize("package", ["starlette", "uvicorn"])
def test_without_the_extra_one_sentence_says_how_to_install_it(place: Place, package: str) -> None:
    assert place.key
    code, name, error = refused(place.folder, *place.words(), before=f"sys.modules[{package!r}] = None")
    assert (code, name) == (1, "witness.extra")
    assert package in error["message"]
    assert error["hint"] == "pip install 'tillit[witness]'"


def test_nothing_but_a_serving_witness_loads_the_extra(place: Place) -> None:
    for words in (
        ["witness", "--help"],
        ["witness", "serve", "--help"],
        ["witness", "serve", "--log", "nonsense", "--state", "w.db"],
        ["witness", "key", "show", "--key", str(place.key and place.key_file)],
    ):
        loaded = tillit(place.folder, *words, after=REPORT).stderr.rpartition("LOADED")[2].split()
        assert "click" in loaded
        assert not {"starlette", "uvicorn", "anyio", "h11"} & set(loaded)
    sources = [each for folder in ("ledger", "cli") for each in (PROJECT / folder).rglob("*.py")]
    naming = [each.name for each in sources if "from starlette" in (text := each.read_text()) or "from uvicorn" in text]
    assert naming == ["server.py"]
