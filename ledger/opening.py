"""Opening a ledger that is there, and founding one."""

from __future__ import annotations

import re
import secrets
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ledger.commands import command
from ledger.commands.ledger import Found
from ledger.errors import Refused
from ledger.service import Ledger
from ledger.store import create_record, open_record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from ledger.commands import Command
    from ledger.signing import Keys


def open_ledger(
    place: str | Path, clock: Callable[[], datetime] | None = None, keys: Keys | None = None, *, sign: bool = True
) -> Ledger:
    """The ledger in that file. With `keys`, what is recorded is signed by its key there, if `sign` is true.

    Raises NotFound, Damaged or Unavailable where it cannot be opened, Refused "key.exposed".
    """
    used = clock or _now
    recorder = open_record(place, used)
    if keys is not None:
        try:
            recorder.sealer = keys.signer(recorder.origin, signs=sign)
        except BaseException:
            recorder.close()
            raise
    return Ledger(recorder, used, keys)


def create_ledger(
    place: str | Path,
    name: str,
    founders: Sequence[str],
    *,
    profile: str = "tillit",
    terms: Mapping[str, object] | None = None,
    on: datetime | None = None,
    recorded_by: str | None = None,
    clock: Callable[[], datetime] | None = None,
    keys: Keys | None = None,
) -> Ledger:
    """Found a ledger in a new file, with a key of its own in `keys`; `terms` are what only some profiles ask for.

    Raises Refused where the words or the place will not do, Unavailable "key.folder", and leaves nothing.
    """
    used = clock or _now
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "ledger"
    origin = f"tillit/{slug[:40]}-{secrets.token_hex(4)}"
    said: dict[str, object] = {"do": Found.do, "name": name, "founders": list(founders), "profile": profile, "on": on}
    said |= terms or {}
    founding = command({**said, "by": founders[0] if founders else "", "origin": origin})
    # Two who found it at once would each take the other's key for one that was left behind.
    with nullcontext() if keys is None else keys.founding():
        return _founded(place, founding, origin, recorded_by or founding.by, used, keys)


def _founded(
    place: str | Path, founding: Command, origin: str, recorded_by: str, used: Callable[[], datetime], keys: Keys | None
) -> Ledger:
    try:
        recorder = create_record(place, origin, used)
    except Refused as refused:
        # A founding that was cut short left an empty record, which is nobody's: it is taken up again.
        recorder = open_record(place, used)
        if refused.code != "store.exists" or recorder.head().position:
            recorder.close()
            raise
        founding = founding.model_copy(update={"origin": recorder.origin})
    ledger = Ledger(recorder, used, keys)
    try:
        if keys is not None:
            if not keys.verifiers(recorder.origin):
                keys.create(recorder.origin)
            recorder.sealer = keys.signer(recorder.origin)
        ledger.tell(founding, recorded_by=recorded_by)
    except BaseException:
        ledger.close()
        if keys is not None:
            keys.forget(recorder.origin)
        raise
    return ledger


def _now() -> datetime:
    return datetime.now(UTC)
