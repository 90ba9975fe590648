"""The commands that docs/verifying.md gives an auditor are run as they stand there, on good cases and forged ones."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from casekit import OTHER_KEY, VKEY, Log, case, make_bag, query, reseal
from tamperings import TAMPERINGS, link_a_file, link_a_folder

from ledger.publishing.case import export_case

DOCUMENT = Path(__file__).parents[2] / "docs" / "verifying.md"
COMMANDS = "\n".join(re.findall("```bash\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL))
TOOLS = ("bash", "openssl", "sha256sum", "base64", "sed", "awk")
MISSING = [tool for tool in TOOLS if shutil.which(tool) is None]

pytestmark = pytest.mark.skipif(
    bool(MISSING), reason=f"MISSING {MISSING}: the auditor's commands are not tested at all"
)


def by_hand(bag: Path, key: str = VKEY) -> subprocess.CompletedProcess[str]:
    environment = {"BAG": str(bag), "VKEY": key, "PATH": "/usr/local/bin:/usr/bin:/bin", "TMPDIR": str(bag.parent)}
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", COMMANDS], env=environment, capture_output=True, text=True, check=False
    )


def test_the_document_has_commands_for_each_step() -> None:
    assert COMMANDS.count("openssl pkeyutl -verify") == 1
    assert COMMANDS.count("sha256sum --check") == 1
    assert len(COMMANDS.splitlines()) > 60


def test_a_case_is_proved_with_openssl_and_sha256sum_alone(tmp_path: Path) -> None:
    done = by_hand(make_bag(tmp_path / "bag"))
    assert done.returncode == 0, done.stderr
    assert "The bag is whole." in done.stdout
    assert "Signature Verified Successfully" in done.stdout
    assert "5 entries are proved to be in the log town.example/ledger of 13 entries." in done.stdout
    assert f"The answer has the fingerprint {query().fingerprint}." in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["bag"]


@pytest.mark.parametrize("size", [1, 2, 7, 8, 257])
def test_entries_of_a_log_of_any_size_are_proved_by_hand(size: int, tmp_path: Path) -> None:
    log = Log(size)
    positions = tuple(sorted({1, max(1, size - 1), size}))
    export_case(log, tmp_path / "bag", case(log, query=query(known_at=size), positions=positions, disclosures=()))
    assert f"{len(positions)} entries are proved" in by_hand(tmp_path / "bag").stdout


def test_a_case_without_entries_passes_by_hand(tmp_path: Path) -> None:
    done = by_hand(make_bag(tmp_path / "bag", query=query(rows=(), known_at=0), positions=(), disclosures=()))
    assert "0 entries are proved" in done.stdout


# Each kind of tampering that the commands must find; a run of them takes many processes, so not each variant of it.
FOUND_BY_HAND = (
    "a leaf is edited",
    "a payload file is added",
    "a known payload file is added",
    "a folder is added",
    "a tag file is added",
    "a payload file is removed",
    "a path leads out of the bag",
    "a path starts at the root",
    "a file is listed twice",
    "the checkpoint is of another key of that name",
    "the checkpoint is signed by witnesses only",
    "the checkpoint has another text",
    "the signature is another's under our id",
    "the signature is cut",
    "the checkpoint is of another log",
    "the signed text is no checkpoint",
    "the checkpoint is empty",
    "a leaf is edited and sealed",
    "proofs are swapped",
    "a leaf is repeated",
    "a leaf is moved",
    "a leaf is left out",
    "a proof is left out",
    "a proof has a hash less",
    "a proof has a hash more",
    "a proof is of another version",
    "a proof carries an older checkpoint",
    "the checkpoint is older than its leaves",
    "a leaf has a space",
    "the last leaf is cut",
    "a row is edited",
)


@pytest.mark.parametrize("name", FOUND_BY_HAND)
def test_a_tampered_case_fails_by_hand_too(name: str, tmp_path: Path) -> None:
    bag = make_bag(tmp_path / "bag")
    TAMPERINGS[name][0](bag)
    assert by_hand(bag).returncode != 0


@pytest.mark.parametrize("link", [link_a_file, link_a_folder])
def test_a_symbolic_link_fails_by_hand(link: object, tmp_path: Path) -> None:
    bag = make_bag(tmp_path / "bag")
    assert callable(link)
    link(bag)
    assert by_hand(bag).returncode != 0


def test_another_key_fails_by_hand(tmp_path: Path) -> None:
    bag = make_bag(tmp_path / "bag")
    assert by_hand(bag, str(OTHER_KEY.verifier)).returncode != 0
    assert by_hand(bag, VKEY.replace("AQ", "AR", 1)).returncode != 0


def test_a_sequence_number_that_bash_would_run_is_not_run(tmp_path: Path) -> None:
    bag = make_bag(tmp_path / "bag")
    mark = tmp_path / "ran"
    path = bag / "data" / "leaves.jsonl"
    path.write_text(f'{{"seq":a[$(touch {mark})]}}\n' + path.read_text(encoding="utf-8"), encoding="utf-8")
    reseal(bag)
    assert by_hand(bag).returncode != 0
    assert not mark.exists()
