from __future__ import annotations

import pytest
from scenario import team

from ledger.errors import Malformed
from ledger.events.ledger import AuditRecorded
from ledger.values import instant

ASKED = {"query": "register", "as_of": "2025-03-01", "known_at": 12, "fingerprint": "0" * 64}


def test_any_member_may_record_what_they_asked_and_found() -> None:
    events = team().events("audit", by="bo", on="03-02", finding="two are missing", **ASKED)
    assert events == [
        AuditRecorded(
            query="register",
            as_of=instant("2025-03-01"),
            known_at=12,
            fingerprint="0" * 64,
            finding="two are missing",
        )
    ]


def test_an_audit_stands_in_the_ledgers_own_stream_and_changes_nothing() -> None:
    world = team()
    before = world.ledger()
    world.tell("audit", by="bo", on="03-02", **ASKED)
    assert world.entries("ledger")[-1].actor == "bo"
    assert world.ledger() == before


def test_who_is_no_member_records_no_audit() -> None:
    team().refused("member.unknown", "audit", by="nobody", on="03-02", **ASKED)


@pytest.mark.parametrize("fingerprint", ["", "0" * 63, "G" * 64, "A" * 64, "0" * 65])
def test_a_fingerprint_is_a_sha_256_in_hex(fingerprint: str) -> None:
    with pytest.raises(Malformed):
        team().tell("audit", by="bo", **{**ASKED, "fingerprint": fingerprint})
