"""A trigger that keeps accidents from the record, and is not as it was made, is found though every event is."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import psycopg
import pytest
from storekit import record

from ledger.store import open_record

if TYPE_CHECKING:
    from tests.servers import Server

FILE = {
    "taken away": ("DROP TRIGGER event_no_update", "event_no_update"),
    "made to let one stream through": (
        (
            "DROP TRIGGER event_no_delete; CREATE TRIGGER event_no_delete BEFORE DELETE ON event"
            " WHEN OLD.stream <> 'R-1' BEGIN SELECT RAISE(ABORT, 'store.append_only'); END"
        ),
        "event_no_delete",
    ),
    "added": (
        "CREATE TRIGGER event_quietly AFTER INSERT ON event BEGIN DELETE FROM tracking; END",
        "event_quietly",
    ),
}
SERVER = {
    "taken away": ("DROP TRIGGER event_append_only ON ledger.event", "event_append_only"),
    "put out of force": ("ALTER TABLE ledger.node DISABLE TRIGGER node_append_only", "node_append_only"),
    "left to sessions of one kind": ("ALTER TABLE ledger.event ENABLE TRIGGER event_in_order", "event_in_order"),
    "made to let one stream through": (
        (
            "DROP TRIGGER disclosure_only_erased ON ledger.disclosure; CREATE TRIGGER disclosure_only_erased"
            " BEFORE UPDATE ON ledger.disclosure FOR EACH ROW WHEN (NEW.subject <> 'm-bo')"
            " EXECUTE FUNCTION ledger.text_only_erased();"
            " ALTER TABLE ledger.disclosure ENABLE ALWAYS TRIGGER disclosure_only_erased"
        ),
        "disclosure_only_erased",
    ),
    "emptied": (
        (
            "CREATE OR REPLACE FUNCTION ledger.append_only() RETURNS trigger LANGUAGE plpgsql AS"
            " $$BEGIN RETURN NULL; END$$"
        ),
        "checkpoint_append_only",
    ),
    "added": (
        "CREATE TRIGGER quietly AFTER INSERT ON ledger.event FOR EACH STATEMENT EXECUTE FUNCTION ledger.append_only()",
        "quietly",
    ),
}


def complaint(address: str) -> str:
    with open_record(address) as recorder:
        return str(recorder.check().damage)


@pytest.mark.parametrize("change", FILE)
def test_a_changed_trigger_of_a_file_is_found(tmp_path_factory: pytest.TempPathFactory, change: str) -> None:
    folder = tmp_path_factory.mktemp("changed")
    record(folder, 3).close()
    address = str(folder / "ledger.db")
    assert complaint(address) == "None"
    statements, name = FILE[change]
    with closing(sqlite3.connect(address)) as forger:
        forger.executescript(statements)
    assert f"the trigger {name} is not as it was made" in complaint(address)


@pytest.mark.parametrize("change", SERVER)
def test_a_changed_trigger_on_a_server_is_found(server: Server, change: str) -> None:
    address = server.database()
    record(address, 3).close()
    assert complaint(address) == "None"
    statements, name = SERVER[change]
    with psycopg.connect(server.conninfo(address.partition("@/")[2].partition("?")[0]), autocommit=True) as forger:
        forger.execute(statements.encode())
    assert f"the trigger {name} is not as it was made" in complaint(address)
