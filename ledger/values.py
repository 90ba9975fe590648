"""Ids, days, amounts and decision types: tiny values without rules, shared by every floor."""

from __future__ import annotations

import hashlib
import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

from ledger.canonical import canonical

ROOT: Final = "root"
LEDGER_STREAM: Final = "ledger"
MEMBERS: Final = "member:"
"""How the stream of a member begins; their handle follows."""
FOREVER: Final = datetime.max.replace(tzinfo=UTC)
ID_LENGTH: Final = 10
_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT: Final = re.compile(
    DAY.pattern + r"[Tt][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
AMOUNT: Final = re.compile(r"(0|[1-9][0-9]{0,14})(\.[0-9]{1,4})?")
HANDLE: Final = re.compile(r"[a-z0-9][a-z0-9._:-]{0,63}")
CODE: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
TYPE: Final = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9._-]+)*")
TYPE_PATTERN: Final = re.compile(rf"\*|{TYPE.pattern}(/\*)?")
PERIOD: Final = re.compile(r"([1-9][0-9]{0,3})(d|w|mo|y)")


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open stretch of time [since, until)."""

    since: datetime
    until: datetime = FOREVER

    def holds(self, moment: datetime) -> bool:
        return self.since <= moment < self.until

    def ended(self, moment: datetime) -> Window:
        return replace(self, until=min(self.until, moment))


def content_id(prefix: str, content: dict[str, object]) -> str:
    """An id that follows from what it names: `D-` and ten Crockford base32 digits (50 bits) of its SHA-256."""
    bits = int.from_bytes(hashlib.sha256(canonical(content)).digest()[:8])
    digits = (_ALPHABET[(bits >> (59 - 5 * n)) & 31] for n in range(ID_LENGTH))
    return f"{prefix}-{''.join(digits)}"


@lru_cache(maxsize=65_536)
def responsibility_id(code: str) -> str:
    """The stream of the responsibility with that register code: one code, one stream, so no two can share it."""
    return content_id("R", {"code": code})


def member_stream(handle: str) -> str:
    return f"{MEMBERS}{handle}"


def series_stream(register: str) -> str:
    """The stream of a register's numbers. Its first letter tells it from every other kind of stream."""
    return f"number:{register}"


def official(register: str, number: int) -> str:
    """An official number as it is written and read: `KS-2025-14`."""
    return f"{register}-{number}"


def start_of(day: date) -> datetime:
    """The instant at which a day begins. Days are calendar days in UTC, so that every reader gets the same answer."""
    return datetime.combine(day, time.min, tzinfo=UTC)


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds, always 27 characters, so that text order is time order."""
    # Most moments are in UTC already, and finding that out costs less than making them anew.
    return (moment.astimezone(UTC) if moment.utcoffset() else moment).isoformat(timespec="microseconds")[:26] + "Z"


def amount(text: str) -> Decimal | None:
    """The decimal written in `text` (plain digits, at most four decimals), or None where it is not one."""
    return Decimal(text) if AMOUNT.fullmatch(text) else None


def covers(pattern: str, decision_type: str) -> bool:
    """Whether a type pattern covers a type or a narrower pattern.

    `*` covers all, `purchase/*` covers `purchase` and everything below it, any other covers only itself.
    """
    if pattern in {"*", decision_type}:
        return True
    return pattern.endswith("/*") and (decision_type == pattern[:-2] or decision_type.startswith(pattern[:-1]))


def covered(decision_type: str, patterns: tuple[str, ...]) -> bool:
    return any(covers(pattern, decision_type) for pattern in patterns)


def instant(text: str) -> datetime:
    """The UTC instant that an ISO day (its beginning) or an RFC 3339 time with its offset names.

    Raises ValueError with a sentence for anything else, days that no calendar has among them.
    """
    if DAY.fullmatch(text):
        return start_of(day(text))
    if not _INSTANT.fullmatch(text):
        message = f"'{text[:40]}' is no day (2027-02-28) and no instant with its offset (2027-02-28T09:00:00Z)"
        raise ValueError(message)
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except OverflowError:
        message = f"'{text}' lies beyond the calendar"
        raise ValueError(message) from None


def day(text: str) -> date:
    """The day that strict ISO `YYYY-MM-DD` names; raises ValueError with a sentence for anything else."""
    if DAY.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    message = f"'{text[:40]}' is no day of the calendar; write it as YYYY-MM-DD"
    raise ValueError(message)


def years_after(start: date, years: int) -> date:
    """The same calendar day that many years on; the last of February where there is no 29th."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return start.replace(year=start.year + years, day=28)


def period_after(start: date, period: str) -> date | None:
    """The day that `2w`, `30d`, `3mo` or `1y` after `start` is; months and years are the calendar's.

    None for a text that is no such length of time, as rhythms once were, and for a day beyond the calendar.
    """
    found = PERIOD.fullmatch(period)
    if found is None:
        return None
    count = int(found[1])
    try:
        if found[2] in {"d", "w"}:
            return start + timedelta(weeks=count) if found[2] == "w" else start + timedelta(days=count)
        year, month = divmod(start.year * 12 + start.month - 1 + count * (12 if found[2] == "y" else 1), 12)
        return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))
    except (OverflowError, ValueError):
        return None
