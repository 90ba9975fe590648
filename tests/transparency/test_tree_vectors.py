"""The proofs that the transparency-dev project tests its own verifiers with, most of them wrong on purpose."""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from ledger.transparency.errors import InvalidProof
from ledger.transparency.proofs import verify_consistency, verify_inclusion

FOLDER = Path(__file__).parents[2].parent / "shared" / "vectors" / "rfc6962" / "testdata"
INCLUSION = sorted((FOLDER / "inclusion").rglob("*.json"))
CONSISTENCY = sorted((FOLDER / "consistency").rglob("*.json"))

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="no folder shared/vectors/rfc6962 beside the checkout")

# It calls two roots of twelve bytes each consistent because they are equal; a root has 32 bytes here.
TWELVE_BYTE_ROOTS = "sizes-are-equal-one-and-proof-is-empty"


def named(path: Path) -> str:
    return path.relative_to(FOLDER).with_suffix("").as_posix()


def read(path: Path) -> dict[str, Any]:
    case: dict[str, Any] = json.loads(path.read_text())
    case["proof"] = [b64decode(value) for value in case["proof"] or []]
    return case


def test_all_vectors_are_there() -> None:
    assert (len(INCLUSION), len(CONSISTENCY)) == (98, 98)


@pytest.mark.parametrize("path", INCLUSION, ids=named)
def test_an_inclusion_proof_is_judged_as_others_judge_it(path: Path) -> None:
    case = read(path)
    leaf, root = b64decode(case["leafHash"]), b64decode(case["root"])
    if case["wantErr"]:
        with pytest.raises(InvalidProof):
            verify_inclusion(case["leafIdx"], case["treeSize"], leaf, case["proof"], root)
    else:
        verify_inclusion(case["leafIdx"], case["treeSize"], leaf, case["proof"], root)


@pytest.mark.parametrize("path", CONSISTENCY, ids=named)
def test_a_consistency_proof_is_judged_as_others_judge_it_save_for_short_roots(path: Path) -> None:
    case = read(path)
    old, new = b64decode(case["root1"]), b64decode(case["root2"])
    if path.stem == TWELVE_BYTE_ROOTS:
        assert case["wantErr"] is False
        with pytest.raises(InvalidProof, match="has 12 bytes"):
            verify_consistency(case["size1"], case["size2"], case["proof"], old, new)
        verify_consistency(case["size1"], case["size2"], case["proof"], old.ljust(32), new.ljust(32))
    elif case["wantErr"]:
        with pytest.raises(InvalidProof):
            verify_consistency(case["size1"], case["size2"], case["proof"], old, new)
    else:
        verify_consistency(case["size1"], case["size2"], case["proof"], old, new)
