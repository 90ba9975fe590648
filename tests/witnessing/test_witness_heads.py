"""What a witness remembers: it never goes back, whoever writes at the same time and whatever is done to the file."""

from __future__ import annotations

import multiprocessing
import sqlite3
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest
from witnesskit import ORIGIN, TREE

from ledger.errors import Damaged, LedgerError, Refused, Unavailable
from ledger.transparency.witnesses import NOTHING_SEEN, TreeHead
from ledger.witnessing import heads as module
from ledger.witnessing.heads import StoredHeads


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "w.db"


def tampered(file: Path, *statements: str) -> None:
    with sqlite3.connect(file) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def code(error: pytest.ExceptionInfo[LedgerError]) -> str:
    return error.value.code


def raced(path: str, branch: str) -> list[int]:
    """The sizes at which this process put its own tree, growing wherever the memory stands."""
    heads, tree, won = StoredHeads(Path(path)), TREE.forked(0, branch), []
    for _time in range(20):
        latest = heads.latest(ORIGIN)
        new = tree.head(latest.size + 1)
        if heads.replace(ORIGIN, latest, new):
            won.append(new.size)
    return won


def test_a_new_memory_says_that_it_was_begun_and_remembers_nothing(file: Path) -> None:
    heads = StoredHeads(file)
    assert heads.begun
    assert heads.latest(ORIGIN) == NOTHING_SEEN
    assert not StoredHeads(file).begun


def test_a_head_replaces_only_the_one_that_was_compared(file: Path) -> None:
    heads = StoredHeads(file)
    assert heads.replace(ORIGIN, NOTHING_SEEN, TREE.head(3))
    for old in (NOTHING_SEEN, TREE.head(2), TREE.forked(0, "other").head(3)):
        assert not heads.replace(ORIGIN, old, TREE.head(9))
    assert heads.replace(ORIGIN, TREE.head(3), TREE.head(9))
    assert StoredHeads(file).latest(ORIGIN) == TREE.head(9)
    assert heads.latest("another.example/log") == NOTHING_SEEN


def test_asking_whether_a_head_still_stands_changes_nothing(file: Path) -> None:
    heads = StoredHeads(file)
    assert heads.replace(ORIGIN, NOTHING_SEEN, NOTHING_SEEN)
    heads.replace(ORIGIN, NOTHING_SEEN, TREE.head(3))
    assert heads.replace(ORIGIN, TREE.head(3), TREE.head(3))
    assert not heads.replace(ORIGIN, NOTHING_SEEN, NOTHING_SEEN)
    assert heads.latest(ORIGIN) == TREE.head(3)


@pytest.mark.parametrize(
    "new", [TREE.head(2), TREE.forked(0, "other").head(3)], ids=["smaller", "another of that size"]
)
def test_the_memory_refuses_to_go_back_even_if_it_is_asked_to(file: Path, new: TreeHead) -> None:
    heads = StoredHeads(file)
    heads.replace(ORIGIN, NOTHING_SEEN, TREE.head(3))
    with pytest.raises(Refused) as refused:
        heads.replace(ORIGIN, TREE.head(3), new)
    assert code(refused) == "witness.backwards"
    assert heads.latest(ORIGIN) == TREE.head(3)


def test_nothing_is_forgotten_by_hand_without_taking_the_guards_away_first(file: Path) -> None:
    StoredHeads(file).replace(ORIGIN, NOTHING_SEEN, TREE.head(3))
    for statement in ("DELETE FROM head", "UPDATE head SET size = 2"):
        with pytest.raises(sqlite3.IntegrityError, match=r"witness\.backwards"):
            tampered(file, statement)


def test_between_comparing_and_putting_nobody_else_can_write(file: Path) -> None:
    class Watched(StoredHeads):
        def _latest(self, connection: sqlite3.Connection, origin: str) -> TreeHead:
            found = super()._latest(connection, origin)
            other = sqlite3.connect(file, timeout=0, isolation_level=None)
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")
            other.close()
            return found

    assert Watched(file).replace(ORIGIN, NOTHING_SEEN, TREE.head(3))


def test_of_several_processes_that_put_a_head_of_one_size_one_wins(file: Path) -> None:
    StoredHeads(file)
    with ProcessPoolExecutor(4, multiprocessing.get_context("spawn")) as pool:
        won = list(pool.map(raced, [str(file)] * 4, "abcd"))
    sizes = sorted(size for each in won for size in each)
    assert sizes == list(range(1, len(sizes) + 1))
    assert StoredHeads(file).latest(ORIGIN).size == len(sizes) >= 20


def test_of_several_threads_that_put_a_head_of_one_size_one_wins(file: Path) -> None:
    heads = StoredHeads(file)
    for size in range(1, 6):
        latest = heads.latest(ORIGIN)
        new = [TREE.forked(0, branch).head(size) for branch in "abcdefgh"]
        with ThreadPoolExecutor(8) as pool:
            won = list(pool.map(heads.replace, [ORIGIN] * 8, [latest] * 8, new))
        assert [head for head, one in zip(new, won, strict=True) if one] == [heads.latest(ORIGIN)]


def test_several_processes_may_begin_the_memory_at_once(file: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        begun = [heads.begun for heads in pool.map(StoredHeads, [file] * 8)]
    assert begun.count(True) == 1


def test_a_head_is_on_the_disk_and_alone_in_its_file_when_it_is_said_to_be(file: Path) -> None:
    heads = StoredHeads(file)
    with heads._connection() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (3,)  # EXTRA: FULL, and the folder
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    heads.replace(ORIGIN, NOTHING_SEEN, TREE.head(3))
    assert [each.name for each in file.parent.iterdir()] == [file.name]


def test_a_file_that_is_something_else_is_left_alone(file: Path) -> None:
    tampered(file, "CREATE TABLE mine (x)")
    before = file.read_bytes()
    with pytest.raises(Damaged) as damaged:
        StoredHeads(file)
    assert code(damaged) == "witness.foreign"
    assert file.read_bytes() == before


def test_a_memory_of_a_later_format_is_left_alone(file: Path) -> None:
    StoredHeads(file)
    tampered(file, "PRAGMA user_version = 2")
    with pytest.raises(Damaged) as damaged:
        StoredHeads(file)
    assert code(damaged) == "witness.foreign"


def test_garbage_is_not_taken_for_a_memory(file: Path) -> None:
    file.write_bytes(b"garbage " * 1000)
    with pytest.raises(Damaged) as damaged:
        StoredHeads(file)
    assert code(damaged) == "witness.damaged"
    assert file.read_bytes() == b"garbage " * 1000


@pytest.mark.parametrize("change", ["root = x'00'", "size = 'many'", "size = -1"])
def test_a_malformed_head_is_damage_and_never_an_empty_memory(file: Path, change: str) -> None:
    heads = StoredHeads(file)
    heads.replace(ORIGIN, NOTHING_SEEN, TREE.head(3))
    tampered(file, "PRAGMA ignore_check_constraints = ON", "DROP TRIGGER head_only_grows", f"UPDATE head SET {change}")
    for attempt in (lambda: heads.latest(ORIGIN), lambda: heads.replace(ORIGIN, TREE.head(3), TREE.head(4))):
        with pytest.raises(Damaged) as damaged:
            attempt()
        assert code(damaged) == "witness.damaged"


def test_a_memory_taken_away_meanwhile_is_missed_and_not_begun_anew(file: Path) -> None:
    heads = StoredHeads(file)
    file.unlink()
    with pytest.raises(Unavailable) as missed:
        heads.latest(ORIGIN)
    assert code(missed) == "witness.state"
    assert not file.exists()
    file.touch()
    with pytest.raises(Damaged) as damaged:
        heads.replace(ORIGIN, NOTHING_SEEN, TREE.head(3))
    assert code(damaged) == "witness.damaged"


def test_a_memory_cut_short_is_damage(file: Path) -> None:
    heads = StoredHeads(file)
    heads.replace(ORIGIN, NOTHING_SEEN, TREE.head(3))
    file.write_bytes(file.read_bytes()[:5000])
    with pytest.raises(Damaged):
        StoredHeads(file)
    with pytest.raises(Damaged):
        heads.latest(ORIGIN)


def test_a_memory_that_cannot_be_made_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as refused:
        StoredHeads(tmp_path / "nowhere" / "w.db")
    assert code(refused) == "witness.state"


def test_a_memory_that_another_program_holds_is_told_and_not_waited_for_long(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads = StoredHeads(file)
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.1)
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(Unavailable) as busy:
        heads.replace(ORIGIN, NOTHING_SEEN, TREE.head(3))
    assert code(busy) == "witness.busy"
    holder.close()
    assert heads.replace(ORIGIN, NOTHING_SEEN, TREE.head(3))
