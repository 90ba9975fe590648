"""Days and instants as people write them: ISO strictly, then a small grammar that has one reading or none."""

from __future__ import annotations

import re
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, TypeAlias

import click

from cli.errors import Usage
from cli.words import _, later

if TYPE_CHECKING:
    from collections.abc import Iterator

# A calendar day in UTC, or an instant. (A datetime is a date to Python: ask for the datetime first.)
Moment: TypeAlias = date | datetime

WEEKDAYS: Final = (
    later("Monday"),
    later("Tuesday"),
    later("Wednesday"),
    later("Thursday"),
    later("Friday"),
    later("Saturday"),
    later("Sunday"),
)
_ISO_DAY: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_ISO_INSTANT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(?P<offset>Z|[+-][0-9]{2}:[0-9]{2})?"
)
_SHORT: Final = re.compile(r"(?P<sign>[+-]?)(?P<count>[0-9]{1,6})(?P<unit>d|w|mo|y)")
_LONG_UNITS: Final = {
    "d": ("day", "days", "dag", "dagar"),
    "w": ("week", "weeks", "vecka", "veckor"),
    "mo": ("month", "months", "månad", "månader"),
    "y": ("year", "years", "år"),
}
_UNIT_OF: Final = {name: unit for unit, names in _LONG_UNITS.items() for name in names}
_MEASURE: Final = rf"(?P<count>[0-9]{{1,6}}|an?|ett|en) (?P<unit>{'|'.join(_UNIT_OF)})"
_AHEAD: Final = re.compile(rf"(in|om) {_MEASURE}")
_AGO: Final = re.compile(rf"{_MEASURE} ago|för (?P<antal>[0-9]{{1,6}}|ett|en) (?P<enhet>{'|'.join(_UNIT_OF)}) sedan")
_NEAR: Final = {"today": 0, "idag": 0, "i dag": 0, "tomorrow": 1, "imorgon": 1, "i morgon": 1}
_NEAR_BEFORE: Final = {"yesterday": -1, "igår": -1, "i går": -1}
_WEEKDAY_OF: Final = {
    name: number
    for names in (
        ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
        ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"),
    )
    for number, name in enumerate(names)
}
_MONTHS_IN_UNIT: Final = {"mo": 1, "y": 12}
_DAYS_IN_UNIT: Final = {"d": 1, "w": 7}
_DECEMBER: Final = 12


_STILL: Final[ContextVar[datetime | None]] = ContextVar("still", default=None)


@contextmanager
def standing_still(moment: datetime) -> Iterator[None]:
    """Inside, it is that moment: for a question that is asked again as it was asked then."""
    before = _STILL.set(moment)
    try:
        yield
    finally:
        _STILL.reset(before)


def now() -> datetime:
    """The one look at the clock."""
    return datetime.now(UTC)


def present() -> datetime:
    """The moment that a command takes for now: the clock's, or the one that stands still."""
    return _STILL.get() or now()


@dataclass(frozen=True, slots=True)
class Period:
    """A length of calendar time: `30d`, `2w`, `3mo`, `1y`."""

    count: int
    unit: str

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"

    def after(self, day: date) -> date:
        """The day this long after. Months and years are the calendar's: a month after 31 January is the last of
        February. Raises OverflowError outside the years 1 to 9999.
        """
        return self._from(day, self.count)

    def before(self, day: date) -> date:
        return self._from(day, -self.count)

    def _from(self, day: date, count: int) -> date:
        if self.unit in _DAYS_IN_UNIT:
            return day + timedelta(days=count * _DAYS_IN_UNIT[self.unit])
        year, month = divmod(day.year * 12 + day.month - 1 + count * _MONTHS_IN_UNIT[self.unit], 12)
        if not date.min.year <= year <= date.max.year:
            raise OverflowError
        return date(year, month + 1, min(day.day, _month_length(year, month + 1)))


def _month_length(year: int, month: int) -> int:
    return 31 if month == _DECEMBER else (date(year, month + 1, 1) - timedelta(days=1)).day


def read(text: str, at: datetime, *, backwards: bool = False) -> Moment:
    """The day or instant that `text` names at the instant `at`. Raises Usage where it has no certain reading.

    With `backwards`, a bare length (`30d`) and a weekday lie before today: that is how "since" is meant.
    """
    plain = _plain(text)
    try:
        found = _iso(text.strip(), plain) or _named(plain, at, backwards=backwards) or _counted(plain, at, backwards)
    except OverflowError:
        raise Usage("day.beyond", later("{text} lies outside the calendar."), text=text) from None
    if found is None:
        raise _unreadable(text)
    return found


def _plain(text: str) -> str:
    plain = " ".join(text.split()).lower()
    if plain.isascii():
        return plain
    import unicodedata  # noqa: PLC0415 - only å, ä, ö need it

    return unicodedata.normalize("NFC", plain)


def _iso(text: str, plain: str) -> Moment | None:
    if match := _ISO_DAY.fullmatch(text):
        try:
            return date(*(int(part) for part in match.groups()))
        except ValueError:
            raise Usage("day.unreal", later("There is no day {text} in the calendar."), text=text) from None
    if match := _ISO_INSTANT.fullmatch(text):
        if not match["offset"]:
            hint = later("Put Z after it for UTC, or an offset such as +01:00.")
            raise Usage("day.no_offset", later("{text} does not say where on earth."), hints=(_(hint),), text=text)
        try:
            return datetime.fromisoformat(text).astimezone(UTC)
        except ValueError:
            raise Usage("day.unreal", later("There is no such instant as {text}."), text=text) from None
    if "/" in plain:
        hint = later("Write the day as year-month-day, such as 2025-03-14.")
        raise Usage("day.slashes", later("{text} can be read in two ways."), hints=(_(hint),), text=text)
    return None


def _named(plain: str, at: datetime, *, backwards: bool) -> Moment | None:
    today = at.date()
    if plain in {"now", "nu"}:
        return at
    if (near := _NEAR.get(plain, _NEAR_BEFORE.get(plain))) is not None:
        return today + timedelta(days=near)
    if (weekday := _WEEKDAY_OF.get(plain)) is not None:
        ahead = (weekday - today.weekday() - 1) % 7 + 1
        behind = (today.weekday() - weekday - 1) % 7 + 1
        return today - timedelta(days=behind) if backwards else today + timedelta(days=ahead)
    months = {"eom": today.month, "eoq": (today.month + 2) // 3 * 3, "eoy": _DECEMBER}
    if month := months.get(plain):
        return date(today.year, month, _month_length(today.year, month))
    return None


def _counted(plain: str, at: datetime, backwards: bool) -> date | None:
    today = at.date()
    if match := _SHORT.fullmatch(plain):
        period = Period(int(match["count"]), match["unit"])
        back = match["sign"] == "-" or (backwards and not match["sign"])
        return period.before(today) if back else period.after(today)
    if match := _AHEAD.fullmatch(plain):
        return _period(match["count"], match["unit"]).after(today)
    if match := _AGO.fullmatch(plain):
        return _period(match["count"] or match["antal"], match["unit"] or match["enhet"]).before(today)
    return None


def _period(count: str, unit: str) -> Period:
    return Period(int(count) if count.isdigit() else 1, _UNIT_OF[unit])


def _unreadable(text: str) -> Usage:
    hint = later("Write 2025-03-14, today, friday, +3mo, 90d, eoq or “in 3 months”.")
    return Usage(
        "day.unclear", later("{text} is not a day that can be read with certainty."), hints=(_(hint),), text=text
    )


def said(moment: Moment) -> str:
    """The moment said back, so that a slip is seen: `Friday 2027-02-12`, for an instant with its time in UTC."""
    if isinstance(moment, datetime):
        moment = moment.astimezone(UTC)
        clock = moment.time().isoformat("minutes" if not (moment.second or moment.microsecond) else "auto")
        return f"{_(WEEKDAYS[moment.weekday()])} {moment.date()} {clock} UTC"
    return f"{_(WEEKDAYS[moment.weekday()])} {moment}"


def edge(moment: Moment) -> datetime:
    """Where a window begins or ends: at the start of a day, or at the instant itself."""
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time.min, tzinfo=UTC)


def occurred(moment: Moment | None, at: datetime) -> datetime:
    """When something happened that was recorded at `at`: now for today or nothing said, else the start of the day."""
    return at if moment is None or moment == at.date() else edge(moment)


def asof(moment: Moment | None, at: datetime) -> datetime:
    """The instant whose truth is asked for at `at`: now for nothing said, a day's last microsecond for a day."""
    if moment is None or isinstance(moment, datetime):
        return moment or at
    return datetime.combine(moment, time.max, tzinfo=UTC)


class Day(click.ParamType[Moment]):
    """A day or an instant on the command line."""

    name = "day"

    def __init__(self, *, backwards: bool = False) -> None:
        self._backwards = backwards

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Moment:
        del param, ctx
        return value if isinstance(value, date) else read(str(value), present(), backwards=self._backwards)


class Length(click.ParamType[Period]):
    """A length of time on the command line."""

    name = "period"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Period:
        del param, ctx
        if isinstance(value, Period):
            return value
        match = _SHORT.fullmatch(_plain(str(value)))
        if not match or match["sign"]:
            hint = _("Write 30d, 2w, 3mo or 1y.")
            raise Usage("period.unclear", later("{text} is not a length of time."), hints=(hint,), text=value)
        return Period(int(match["count"]), match["unit"])


DAY: Final = Day()
SINCE: Final = Day(backwards=True)
PERIOD: Final = Length()
