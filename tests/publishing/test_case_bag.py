"""The bag that a case is handed over in: what is in it, what is refused, and that there is no half of one."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import os
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from casekit import KEY, ORIGIN, ROWS, SALT, Log, case, digest_of, disclosure, files_of, lines, make_bag, query

from ledger.canonical import canonical
from ledger.errors import Damaged, LedgerError, Malformed, NotFound, Refused, Unavailable
from ledger.publishing import case as case_module
from ledger.publishing.case import Query, disclosure_digest, export_case
from ledger.publishing.spreadsheet import table
from ledger.transparency.notes import SigningKey
from ledger.transparency.tlog_proofs import TlogProof


def cells(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline="")))


def cell(value: object) -> str:
    return cells(table(["c"], [[value]]))[1][0]


def refusal(kind: type[LedgerError], code: str, folder: Path, log: Log | None = None, **changes: object) -> LedgerError:
    """What the export says; that it left nothing behind is seen to."""
    log = log or Log(13)
    with pytest.raises(kind) as caught:
        export_case(log, folder / "bag", case(log, **changes))
    assert caught.value.code == code
    assert str(caught.value)
    assert list(folder.iterdir()) == []
    return caught.value


def test_a_bag_has_these_files_and_no_other(tmp_path: Path) -> None:
    proofs = {f"data/proofs/{position}.tlog-proof" for position in (1, 2, 3, 7, 11)}
    payload = ("checkpoint", "disclosures.jsonl", "leaves.jsonl", "policy", "query.json", "rows.csv", "rows.json")
    tags = {"bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"}
    verifiers = {"verify_case.py", "verify_case.html"}
    assert set(files_of(make_bag(tmp_path / "bag"))) == proofs | {f"data/{name}" for name in payload} | tags | verifiers


def test_a_bag_without_policy_disclosures_or_entries_leaves_them_out(tmp_path: Path) -> None:
    nothing = query(rows=(), known_at=0)
    files = files_of(make_bag(tmp_path / "bag", query=nothing, positions=(), policy=None, disclosures=()))
    assert not [path for path in files if path.startswith(("data/proofs", "data/policy", "data/disclosures"))]
    assert files["data/leaves.jsonl"] == b""


def test_the_manifests_list_all_other_files_as_sha256sum_writes_them(tmp_path: Path) -> None:
    files = files_of(make_bag(tmp_path / "bag"))
    payload = {path: data for path, data in files.items() if path.startswith("data/")}
    tags = {path: data for path, data in files.items() if path not in payload and path != "tagmanifest-sha256.txt"}
    assert sorted(files["manifest-sha256.txt"].decode().splitlines()) == sorted(lines(payload).splitlines())
    assert sorted(files["tagmanifest-sha256.txt"].decode().splitlines()) == sorted(lines(tags).splitlines())
    assert files["bagit.txt"] == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    oxum = f"Payload-Oxum: {sum(map(len, payload.values()))}.{len(payload)}\n"
    assert files["bag-info.txt"].decode().startswith(oxum)


def test_the_leaves_are_the_very_bytes_of_the_log_one_a_line(tmp_path: Path) -> None:
    log = Log(13)
    written = files_of(make_bag(tmp_path / "bag"))["data/leaves.jsonl"]
    assert written == b"".join(log.leaves[position - 1] + b"\n" for position in (1, 2, 3, 7, 11))


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 700])
def test_each_leaf_has_a_proof_in_a_log_of_any_size(size: int, tmp_path: Path) -> None:
    log = Log(size)
    positions = tuple(sorted({1, max(1, size // 2), size}))
    asked = query(known_at=size)
    export_case(log, tmp_path / "bag", case(log, query=asked, positions=positions, disclosures=()))
    for position in positions:
        proof = TlogProof.parse((tmp_path / "bag" / "data" / "proofs" / f"{position}.tlog-proof").read_bytes())
        assert proof.verify(log.leaves[position - 1], KEY.verifier).size == size


def test_a_case_is_exported_at_its_checkpoint_though_the_log_has_grown_since(tmp_path: Path) -> None:
    log = Log(700)
    old = log.checkpoint(300)
    export_case(log, tmp_path / "bag", case(log, checkpoint=old))
    proof = TlogProof.parse((tmp_path / "bag/data/proofs/7.tlog-proof").read_bytes())
    assert proof.verify(log.leaves[6], KEY.verifier).size == 300
    assert json.loads((tmp_path / "bag/data/query.json").read_bytes())["tree_size"] == 300


def test_the_statement_says_what_must_come_out_when_the_question_is_asked_again(tmp_path: Path) -> None:
    files = files_of(make_bag(tmp_path / "bag"))
    statement = json.loads(files["data/query.json"])
    assert statement["words"] == query().words
    assert (statement["as_of"], statement["known_at"], statement["rows"]) == ("2026-02-03", 11, 4)
    assert (statement["origin"], statement["tree_size"], statement["positions"]) == (ORIGIN, 13, [1, 2, 3, 7, 11])
    assert statement["fingerprint"] == sha256(files["data/rows.json"]).hexdigest()
    assert statement["root"] == files["data/checkpoint"].decode().split("\n")[2]


def test_the_fingerprint_is_the_sha_256_of_the_rows_as_another_implementation_of_rfc_8785_writes_them() -> None:
    asked = query()
    written: Any = {"columns": list(asked.columns), "rows": [list(row) for row in ROWS]}
    assert asked.answer == rfc8785.dumps(written)
    assert asked.fingerprint == sha256(rfc8785.dumps(written)).hexdigest()


def test_the_fingerprint_changes_with_the_order_of_rows_a_value_or_a_column() -> None:
    asked = query()
    others = [query(rows=ROWS[::-1]), query(rows=ROWS[1:]), query(columns=("who", "count", "what", "open"))]
    assert len({each.fingerprint for each in (asked, *others)}) == 4


def test_the_digest_of_a_disclosure_is_that_of_the_rfc() -> None:
    # RFC 9901, 4.2.3 and 4.2.1: the family name, and the array element beside it.
    assert disclosure_digest("_26bc4LT-ac6q2KI6cBW5es", "Möbius", "family_name") == (
        "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"
    )
    assert disclosure_digest("lklxF5jMYlGTPUovMNIvCA", "FR") == "w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs"


def test_two_exports_of_one_case_are_the_same_bytes(tmp_path: Path) -> None:
    assert files_of(make_bag(tmp_path / "one")) == files_of(make_bag(tmp_path / "two"))


def test_both_verifiers_lie_beside_the_payload(tmp_path: Path) -> None:
    bag = make_bag(tmp_path / "bag")
    for name in ("verify_case.py", "verify_case.html"):
        assert (bag / name).read_bytes() == (Path(case_module.__file__).parent / "verifiers" / name).read_bytes()


def test_entries_in_a_row_are_read_in_one_go_and_told_one_by_one(tmp_path: Path) -> None:
    log = Log(13)
    told: list[tuple[int, int]] = []
    export_case(log, tmp_path / "bag", case(log), lambda done, of: told.append((done, of)))
    assert log.reads == [(0, 3), (6, 1), (10, 1)]
    assert told == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
@pytest.mark.parametrize("before", ["", "  ", "text;", "text\n", "text\t ", "text|"])
def test_no_text_starts_a_formula_in_a_spreadsheet_whatever_its_separator(before: str, first: str) -> None:
    opening = before.rstrip(" ")
    assert cell(f"{before}{first}1") == f"{opening}'{before[len(opening) :]}{first}1"


def test_the_names_of_columns_are_made_safe_too() -> None:
    assert cells(table(["=1"], []))[0] == ["'=1"]


def test_ordinary_texts_and_numbers_stand_in_the_csv_as_they_are() -> None:
    values = ["a-b", "a = b", "1+1", 'say "hi"', "one, two", "", "Åse\nB", -5, 0, True, None]
    assert [cell(value) for value in values] == [
        *("a-b", "a = b", "1+1", 'say "hi"', "one, two", "", "Åse\nB", "-5", "0", "true", "")
    ]


@pytest.mark.parametrize("hidden", ["\x00", "\r", "\x1b", "\x7f", "\x9f", "\u200b", "\u202e", "\u2066", "\ufeff"])
def test_what_nobody_sees_is_written_out_in_the_csv(hidden: str) -> None:
    assert cell(f"a{hidden}b") == f"a\\u{ord(hidden):04x}b"


@pytest.mark.parametrize(
    "rows",
    [((1.5,),), ((float("nan"),),), ((2**53,),), (("\ud800",),), ((1, 2),), ((),)],
)
def test_an_answer_that_has_no_one_form_is_refused(rows: tuple[tuple[object, ...], ...], tmp_path: Path) -> None:
    refusal(Malformed, "case.answer", tmp_path, query=query(columns=("only",), rows=rows))


def test_an_answer_nested_deeper_than_the_verifiers_read_is_refused(tmp_path: Path) -> None:
    def nested(depth: int) -> Query:
        value: object = 1
        for _ in range(depth):
            value = [value]
        return query(columns=("only",), rows=((value,),))

    assert nested(61).fingerprint
    refusal(Malformed, "case.answer", tmp_path, query=nested(62))
    refusal(Malformed, "case.answer", tmp_path, query=nested(100_000))


def test_a_question_that_has_no_utf_8_form_is_refused(tmp_path: Path) -> None:
    refusal(Malformed, "case.answer", tmp_path, query=query(words="\ud800"))


@pytest.mark.parametrize("positions", [(0, 1), (2, 1), (1, 1), (1, 12), (-1,)])
def test_entries_out_of_order_twice_or_after_the_question_was_asked_are_refused(
    positions: tuple[int, ...], tmp_path: Path
) -> None:
    refusal(Malformed, "case.positions", tmp_path, positions=positions)


@pytest.mark.parametrize("known_at", [-1, 14])
def test_a_question_asked_outside_the_checkpoint_is_refused(known_at: int, tmp_path: Path) -> None:
    refusal(Malformed, "case.known_at", tmp_path, query=query(known_at=known_at), positions=())


def test_a_checkpoint_that_is_none_or_another_logs_is_refused(tmp_path: Path) -> None:
    refusal(Malformed, "case.checkpoint", tmp_path, checkpoint=b"town.example/ledger\n13\n")
    other = Log(13, "other.example").checkpoint(key=SigningKey.generate("other.example"))
    refusal(Malformed, "case.checkpoint", tmp_path, checkpoint=other)


def test_a_policy_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    refusal(Malformed, "case.policy", tmp_path, policy=b"trust everyone\n")


@pytest.mark.parametrize(
    "change",
    [
        {"value": "somebody else"},
        {"salt": "another"},
        {"digest": digest_of(1)},
        {"more": "x"},
        {"value": 5},
        {"name": None},
        {"value": "\ud800"},
    ],
)
def test_a_disclosure_that_opens_no_digest_is_refused(change: dict[str, object], tmp_path: Path) -> None:
    refusal(Malformed, "case.disclosure", tmp_path, disclosures=(disclosure(0) | change,))


def test_a_disclosure_of_an_entry_that_is_not_in_the_case_is_refused(tmp_path: Path) -> None:
    said = refusal(Malformed, "case.disclosure", tmp_path, disclosures=(disclosure(3),))
    assert str(said) == "A disclosure cannot be handed over: its digest stands in none of the entries."


def test_a_disclosure_whose_digest_is_only_part_of_a_text_is_refused(tmp_path: Path) -> None:
    log = Log(13)
    digest = disclosure_digest(SALT, "v")
    log.leaves[0] = canonical({"entry": {"note": f"see {digest}"}, "log": ORIGIN, "seq": 0})
    given = ({"digest": digest, "salt": SALT, "value": "v"},)
    refusal(Malformed, "case.disclosure", tmp_path, log, disclosures=given)


def test_a_checkpoint_beyond_the_log_is_not_found(tmp_path: Path) -> None:
    refusal(NotFound, "case.beyond", tmp_path, Log(12), checkpoint=Log(13).checkpoint())


def test_a_log_that_holds_something_else_than_was_signed_gives_no_case(tmp_path: Path) -> None:
    log = Log(13)
    signed = log.checkpoint()
    log.leaves[12] = log.leaves[12].replace(b"12", b"99")
    refusal(Damaged, "case.root", tmp_path, log, checkpoint=signed)


def test_a_leaf_edited_beside_its_hash_gives_no_case(tmp_path: Path) -> None:
    class Lying(Log):
        def log(self, after: int, limit: int) -> Any:  # noqa: ANN401 - as the one it stands in for
            return [dataclasses.replace(leaf, leaf=leaf.leaf + b" ") for leaf in super().log(after, limit)]

    refusal(Damaged, "case.leaf", tmp_path, Lying(13), disclosures=())


def test_a_log_that_leaves_an_entry_out_gives_no_case(tmp_path: Path) -> None:
    class Gapped(Log):
        def log(self, after: int, limit: int) -> Any:  # noqa: ANN401 - as the one it stands in for
            return super().log(after, limit)[1:]

    refusal(Damaged, "case.leaf", tmp_path, Gapped(13))


def test_a_case_larger_than_the_verifiers_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(case_module, "MAX_LEAVES", 4)
        refusal(Refused, "case.too_large", tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(case_module, "MAX_FILE", 800)
        refusal(Refused, "case.too_large", tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(case_module, "MAX_PAYLOAD", 3_000)
        refusal(Refused, "case.too_large", tmp_path)


def test_a_folder_that_has_something_in_it_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    for taken in (tmp_path, tmp_path / "mine.txt"):
        with pytest.raises(Refused) as caught:
            make_bag(taken)
        assert caught.value.code == "case.folder_taken"
    assert files_of(tmp_path) == {"mine.txt": b"mine"}


def test_an_empty_folder_is_filled_also_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to("empty")
    make_bag(tmp_path / "link")
    assert (tmp_path / "empty" / "bagit.txt").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "link"]


def test_folders_above_the_bag_are_made(tmp_path: Path) -> None:
    assert files_of(make_bag(tmp_path / "a" / "b" / "bag"))


def test_only_its_owner_may_enter_a_bag_at_first(tmp_path: Path) -> None:
    assert make_bag(tmp_path / "bag").stat().st_mode & 0o077 == 0


def test_an_export_that_is_interrupted_leaves_nothing_behind(tmp_path: Path) -> None:
    def interrupted(done: int, _of: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    log = Log(13)
    with pytest.raises(KeyboardInterrupt):
        export_case(log, tmp_path / "bag", case(log), interrupted)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable) as caught:
        make_bag(tmp_path / "file" / "bag")
    assert caught.value.code == "case.folder"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write_is_unavailable(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(Unavailable) as caught:
        make_bag(tmp_path / "bag")
    assert caught.value.code == "case.folder"
