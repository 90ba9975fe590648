"""Days as people write them: one certain reading, or a refusal."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.days import DAY, PERIOD, Moment, Period, asof, edge, occurred, read, said
from cli.errors import Usage

# A Friday.
AT = datetime(2025, 3, 14, 9, 30, tzinfo=UTC)
DAYS = st.dates(date(1900, 1, 1), date(2200, 1, 1))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-03-14", "2025-03-14"), ("2024-02-29", "2024-02-29"),
        ("today", "2025-03-14"), ("Idag", "2025-03-14"), ("i dag", "2025-03-14"),
        ("tomorrow", "2025-03-15"), ("imorgon", "2025-03-15"), ("yesterday", "2025-03-13"), ("igår", "2025-03-13"),
        ("iga\u030ar", "2025-03-13"),
        ("+3mo", "2025-06-14"), ("3mo", "2025-06-14"), ("-2w", "2025-02-28"), ("90d", "2025-06-12"),
        ("2y", "2027-03-14"),
        ("saturday", "2025-03-15"), ("friday", "2025-03-21"), ("thursday", "2025-03-20"), ("FREDAG", "2025-03-21"),
        ("söndag", "2025-03-16"), ("måndag", "2025-03-17"),
        ("eom", "2025-03-31"), ("eoq", "2025-03-31"), ("eoy", "2025-12-31"),
        ("om 3 månader", "2025-06-14"), ("om 2 veckor", "2025-03-28"), ("om ett år", "2026-03-14"),
        ("om en vecka", "2025-03-21"), ("in 3 months", "2025-06-14"), ("in a day", "2025-03-15"),
        ("3 days ago", "2025-03-11"), ("för 3 dagar sedan", "2025-03-11"), ("för  ett  år  sedan", "2024-03-14"),
    ],
)  # fmt: skip
def test_the_grammar_reads(text: str, day: str) -> None:
    assert read(text, AT) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2025-01-01T09:00:00Z", "2025-01-01T09:00:00+00:00"),
        ("2025-01-01T09:00Z", "2025-01-01T09:00:00+00:00"),
        ("2025-01-01T01:00:00.5+02:00", "2024-12-31T23:00:00.500000+00:00"),
        ("now", "2025-03-14T09:30:00+00:00"),
        ("nu", "2025-03-14T09:30:00+00:00"),
    ],
)
def test_an_instant_is_read_into_utc(text: str, instant: str) -> None:
    found = read(text, AT)
    assert isinstance(found, datetime)
    assert found.isoformat() == instant


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2027-02-30", "day.unreal"), ("2027-13-01", "day.unreal"), ("2025-02-29", "day.unreal"),
        ("0000-01-01", "day.unreal"),
        ("2025-01-01T25:00:00Z", "day.unreal"), ("2025-01-01T09:00:60Z", "day.unreal"),
        ("2025-01-01T09:00:00", "day.no_offset"),
        ("14/3", "day.slashes"), ("2025/03/14", "day.slashes"), ("03/04/2025", "day.slashes"),
        ("", "day.unclear"), ("20250314", "day.unclear"), ("2025-3-14", "day.unclear"), ("2025-W10-1", "day.unclear"),
        ("14 mars", "day.unclear"), ("next friday", "day.unclear"), ("3m", "day.unclear"), ("3", "day.unclear"),
        ("+-3d", "day.unclear"), ("٣d", "day.unclear"), ("٢٠٢٥-03-14", "day.unclear"),
        ("2025-01-01 09:00Z", "day.unclear"),
        ("for 3 dagar sedan", "day.unclear"),
        ("+9999y", "day.beyond"), ("999999w", "day.beyond"), ("-3000y", "day.beyond"),
        ("0001-01-01T00:00+01:00", "day.beyond"),
    ],
)  # fmt: skip
def test_what_is_uncertain_is_refused(text: str, code: str) -> None:
    with pytest.raises(Usage) as refusal:
        read(text, AT)
    assert refusal.value.code == code
    assert refusal.value.message


def test_since_looks_back() -> None:
    for text, day in [("30d", "2025-02-12"), ("friday", "2025-03-07"), ("monday", "2025-03-10"), ("+1d", "2025-03-15")]:
        assert read(text, AT, backwards=True) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2025-01-31", 1, "2025-02-28"), ("2024-01-31", 1, "2024-02-29"), ("2025-12-31", 2, "2026-02-28"),
        ("2025-03-31", -1, "2025-02-28"), ("2024-02-29", 12, "2025-02-28"), ("2025-11-30", 1, "2025-12-30"),
    ],
)  # fmt: skip
def test_months_are_the_calendars(day: str, months: int, expected: str) -> None:
    assert Period(months, "mo").after(date.fromisoformat(day)) == date.fromisoformat(expected)


@given(DAYS, st.integers(0, 600))
def test_a_month_later_keeps_the_day_or_is_the_last_of_its_month(day: date, months: int) -> None:
    later = Period(months, "mo").after(day)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


@given(DAYS, st.integers(0, 6))
def test_a_weekday_is_the_next_such_day_and_never_today(day: date, number: int) -> None:
    name = ["måndag", "tuesday", "onsdag", "thursday", "fredag", "saturday", "söndag"][number]
    found = read(name, edge(day))
    assert isinstance(found, date)
    assert found.weekday() == number
    assert 1 <= (found - day).days <= 7


@given(DAYS)
def test_iso_days_are_read_back_as_they_are(day: date) -> None:
    assert read(day.isoformat(), AT) == day
    eom = read("eom", edge(day))
    assert isinstance(eom, date)
    assert (eom + timedelta(days=1)).day == 1
    assert eom >= day


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused_and_never_breaks(text: str) -> None:
    for kind in (DAY, PERIOD):
        try:
            kind.convert(text, None, None)
        except Usage as refusal:
            assert refusal.code  # noqa: PT017 - both ways are right


@pytest.mark.parametrize("text", ["", "30", "-30d", "+30d", "1h", "3m", "30 d", "en vecka"])
def test_a_length_of_time_has_a_number_and_a_unit(text: str) -> None:
    assert str(PERIOD.convert("60D", None, None)) == "60d"
    with pytest.raises(Usage, match="length"):
        PERIOD.convert(text, None, None)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (date(2027, 2, 12), "Friday 2027-02-12"),
        (datetime(2025, 1, 1, 9, tzinfo=UTC), "Wednesday 2025-01-01 09:00 UTC"),
        (datetime(2025, 1, 1, 9, 0, 5, tzinfo=UTC), "Wednesday 2025-01-01 09:00:05 UTC"),
    ],
)
def test_a_moment_is_said_back_with_its_weekday(moment: Moment, expected: str) -> None:
    assert said(moment) == expected


def test_what_a_day_means_depends_on_what_it_is_for() -> None:
    day, instant = date(2025, 3, 10), datetime(2025, 3, 10, 12, tzinfo=UTC)
    assert occurred(day, AT) == datetime(2025, 3, 10, tzinfo=UTC) == edge(day)
    assert occurred(AT.date(), AT) == occurred(None, AT) == AT
    assert asof(day, AT) == datetime(2025, 3, 11, tzinfo=UTC) - timedelta(microseconds=1)
    assert asof(None, AT) == AT
    assert occurred(instant, AT) == asof(instant, AT) == edge(instant) == instant
