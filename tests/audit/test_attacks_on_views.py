"""The cheapest lie is an edited view: found, and mended by a rebuild."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from attackkit import WAYS, broken, verified, whole
from auditkit import Office

VIEWS = {
    "a row altered": "UPDATE {table} SET {column} = 'edited' WHERE id = (SELECT max(id) FROM {table})",
    "a row taken away": "DELETE FROM {table} WHERE id = (SELECT max(id) FROM {table})",
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("attack", VIEWS)
def test_an_edited_view_is_found_and_mended_by_a_rebuild(office: Office, attack: str, way: str) -> None:
    with closing(sqlite3.connect(office.views)) as forger, forger:
        forger.execute(VIEWS[attack].format(table="responsibility", column="title"))
    check, where, why = broken(verified(office, way))
    assert (check, where) == ("views", None)
    assert why.startswith("responsibility: a row ")
    assert why.endswith("run tillit rebuild")
    office.done("rebuild")
    whole(verified(office, way))


def test_every_column_of_every_view_is_compared(office: Office) -> None:
    with closing(sqlite3.connect(office.views)) as reader:
        tables = [name for (name,) in reader.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        columns = {
            table: [row[1] for row in reader.execute(f'PRAGMA table_info("{table}")')]
            for table in tables
            if reader.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
        }
    assert "responsibility" in columns
    clean = office.views.read_bytes()
    missed = []
    for table, names in columns.items():
        for name in names:
            with closing(sqlite3.connect(office.views)) as forger, forger:
                forger.execute(f'UPDATE "{table}" SET "{name}" = 999999 WHERE rowid = 1')
            result = office.say("verify", "--json")
            if result.exit_code != 4:
                missed.append((table, name, result.exit_code))
            for beside in ("-wal", "-shm"):
                office.views.with_name(office.views.name + beside).unlink(missing_ok=True)
            office.views.write_bytes(clean)
    # What says how far a view has come is no answer: a wrong one makes it be built anew, or compared to less.
    assert [each for each in missed if each[0] != "progress"] == []
