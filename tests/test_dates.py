"""Dates: the accepted EDTF, the days that it can mean, and the messages about everything else."""

import re
from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.model.dates import Date, DateDraft, approximate, bounds


def day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


@pytest.mark.parametrize(
    ("edtf", "earliest", "latest"),
    [
        ("2022", "2022-01-01", "2022-12-31"),
        ("2022-02", "2022-02-01", "2022-02-28"),
        ("2020-02", "2020-02-01", "2020-02-29"),
        ("2022-03-22", "2022-03-22", "2022-03-22"),
        ("2020-02-29", "2020-02-29", "2020-02-29"),
        ("2019-21", "2019-03-01", "2019-05-31"),
        ("2019-22", "2019-06-01", "2019-08-31"),
        ("2019-23", "2019-09-01", "2019-11-30"),
        ("2019-24", "2019-12-01", "2020-02-29"),
        ("2021-24", "2021-12-01", "2022-02-28"),
        ("2019-21~", "2019-03-01", "2019-05-31"),
        ("2018-24/2019", "2018-12-01", "2019-12-31"),
        ("199X~/2001", "1990-01-01", "2001-12-31"),
        ("199X/..", "1990-01-01", None),
        ("../199X", None, "1999-12-31"),
        ("2022-02~/", "2022-02-01", None),
        ("/2016", None, "2016-12-31"),
        ("9999-24", "9999-12-01", "9999-12-31"),
        ("199X", "1990-01-01", "1999-12-31"),
        ("19XX", "1900-01-01", "1999-12-31"),
        ("199X~", "1990-01-01", "1999-12-31"),
        ("2022-03~", "2022-03-01", "2022-03-31"),
        ("2022?", "2022-01-01", "2022-12-31"),
        ("2022-03-22%", "2022-03-22", "2022-03-22"),
        ("2016/2020", "2016-01-01", "2020-12-31"),
        ("2016-05/2020-02-03", "2016-05-01", "2020-02-03"),
        ("199X/200X", "1990-01-01", "2009-12-31"),
        ("2019-21/2019-23", "2019-03-01", "2019-11-30"),
        ("2016~/2020?", "2016-01-01", "2020-12-31"),
        ("../2016", None, "2016-12-31"),
        ("2016/..", "2016-01-01", None),
        ("2022-02~/..", "2022-02-01", None),
        ("../2019-21", None, "2019-05-31"),
        ("0001", "0001-01-01", "0001-12-31"),
        ("9999-12-31", "9999-12-31", "9999-12-31"),
        ("0001/9999", "0001-01-01", "9999-12-31"),
    ],
)
def test_what_is_accepted_means_these_days(edtf: str, earliest: str | None, latest: str | None) -> None:
    assert bounds(edtf) == (day(earliest), day(latest))


@pytest.mark.parametrize(
    "edtf",
    [
        "", " ", "2022 ", "2022\n", "22", "02022", "20220322", "2022-3", "2022-3-2", "22-03-2022",
        "March 2022", "today", "-0044", "0000", "0000-01", "000X", "00XX", "Y-17E7", "Y12022", "2022-00",
        "2022-13", "2022-20", "2022-25", "2022-41", "2022-01-00", "2022-01-32", "2022-XX", "2022-03-1X",
        "XXXX", "1XXX", "2XX2", "2022-03-22T10:00:00", "2022-03-22T10:00Z", "~2022", "2022~-03", "?2022-03",
        "2022~?", "/", "../..", "..", "../", "/..", "2016/2018/2020", "2016//", "[2016,2017]",
        "{2016..2018}", "2022–2023", "٢٠٢٢", "２０２２",
    ],
)  # fmt: skip
def test_what_is_outside_the_profile_is_told_what_would_be_right(edtf: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"{edtf!r} is not in the supported EDTF profile; examples:")):
        bounds(edtf)


@pytest.mark.parametrize(
    "edtf", ["2022-02-29", "2022-02-30", "2022-04-31", "1900-02-29", "2022-02-29/2023", "../2022-02-29"]
)
def test_a_day_that_the_calendar_does_not_have_is_no_date(edtf: str) -> None:
    with pytest.raises(ValueError, match="cannot be resolved to a date"):
        bounds(edtf)


@pytest.mark.parametrize("edtf", ["2020/2016", "2020-05/2020-04", "2020-05-02/2020-05-01", "200X/199X"])
def test_an_interval_that_runs_backward_is_no_date(edtf: str) -> None:
    with pytest.raises(ValueError, match="ends before it begins"):
        bounds(edtf)


@pytest.mark.parametrize(
    ("edtf", "expected"),
    [(None, False), ("2022", False), ("2022?", False), ("2022~", True), ("2022%", True), ("2016/2020~", True)],
)
def test_a_date_is_approximate_where_its_edtf_says_so(edtf: str | None, expected: bool) -> None:
    assert approximate(edtf) is expected
    assert Date.of(DateDraft(text="then", edtf=edtf)).approximate is expected


def test_a_wording_that_cannot_be_resolved_has_no_bounds() -> None:
    assert Date.of(DateDraft(text="since then")) == Date(
        text="since then", edtf=None, earliest=None, latest=None, approximate=False
    )


# Properties of every date

years = st.integers(1, 9999)
qualifiers = st.sampled_from(["", "~", "?", "%"])
days = st.dates().flatmap(
    lambda when: st.sampled_from(
        [
            (f"{when:%Y}".rjust(4, "0"), date(when.year, 1, 1), date(when.year, 12, 31)),
            (when.isoformat()[:7], when.replace(day=1), when.replace(day=monthrange(when.year, when.month)[1])),
            (when.isoformat(), when, when),
        ]
    )
)
"""A day, a month or a year, with its first and last day."""


@given(days, qualifiers)
def test_a_year_a_month_and_a_day_mean_all_their_days_however_sure(
    written: tuple[str, date, date], qualifier: str
) -> None:
    edtf, first, last = written
    assert bounds(edtf + qualifier) == (first, last)


@given(days, days, qualifiers, qualifiers)
def test_an_interval_means_from_the_first_day_of_one_to_the_last_of_the_other(
    start: tuple[str, date, date], end: tuple[str, date, date], qualifier: str, other: str
) -> None:
    edtf = f"{start[0]}{qualifier}/{end[0]}{other}"
    if start[1] <= end[2]:
        assert bounds(edtf) == (start[1], end[2])
    else:
        with pytest.raises(ValueError, match="ends before it begins"):
            bounds(edtf)


@given(days, qualifiers)
def test_an_open_or_unknown_end_of_an_interval_is_no_bound(written: tuple[str, date, date], qualifier: str) -> None:
    edtf, first, last = written
    assert bounds(f"{edtf}{qualifier}/..") == (first, None)
    assert bounds(f"../{edtf}{qualifier}") == (None, last)
    assert bounds(f"{edtf}{qualifier}/") == (first, None)
    assert bounds(f"/{edtf}{qualifier}") == (None, last)


@given(years, st.integers(1, 4))
def test_the_seasons_are_three_months_each_and_winter_ends_in_the_next_february(year: int, season: int) -> None:
    first, last = bounds(f"{year:04}-2{season}")
    assert first == date(year, 3 * season, 1)
    if (year, season) == (9999, 4):
        assert last == date(9999, 12, 31)
    else:
        assert last is not None
        assert last + timedelta(days=1) == date(year + season // 4, 3 * season % 12 + 3, 1)


@given(st.integers(1, 999), qualifiers)
def test_a_decade_and_a_century_mean_all_their_years(decade: int, qualifier: str) -> None:
    year = 10 * decade
    assert bounds(f"{decade:03}X{qualifier}") == (date(year, 1, 1), date(year + 9, 12, 31))
    if decade % 10 == 0:
        assert bounds(f"{decade // 10:02}XX{qualifier}") == (date(year, 1, 1), date(year + 99, 12, 31))


@given(
    st.one_of(st.text(), st.text("0123456789-/.X~?%", max_size=21), st.from_regex(r"[0-9X]{4}.{0,12}", fullmatch=True))
)
@example("2022-03-1X")
@example("199X/..")
@example("../199X")
@example("9999-12-31/..")
def test_no_text_is_anything_but_a_date_or_a_value_error(edtf: str) -> None:
    try:
        earliest, latest = bounds(edtf)
    except ValueError:
        return
    assert earliest or latest
    assert earliest is None or latest is None or earliest <= latest
