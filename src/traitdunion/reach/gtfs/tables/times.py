"""Reads the text of times, dates and numbers, whole columns at once."""

from datetime import date, timedelta
from typing import Final

import polars as pl

DAY_S: Final = 86_400

_TIME: Final = r"^([0-9]{1,3}):([0-5][0-9]):([0-5][0-9])$"


def seconds(column: str) -> pl.Expr:
    """Return the seconds (i32) of "H:MM:SS" to "HHH:MM:SS"; null where blank or malformed.

    Hours may pass 24: "25:30:00" is half past one in the night after the service day.
    """
    parts = pl.col(column).str.extract_groups(_TIME)
    hours, minutes, secs = (parts.struct[index].cast(pl.Int32) for index in range(3))
    return hours * 3600 + minutes * 60 + secs


def day_number(column: str) -> pl.Expr:
    """Return the days since 1970-01-01 of "YYYYMMDD" (i32); null where malformed or no such day."""
    text = pl.col(column)
    well_formed = pl.when(text.str.contains(r"^[1-9][0-9]{7}$")).then(text)
    return well_formed.str.to_date("%Y%m%d", strict=False).cast(pl.Int32)


def day_of(number: int) -> date:
    """Return the day of a number that `day_number` gave."""
    return date(1970, 1, 1) + timedelta(days=number)


def whole_number(column: str) -> pl.Expr:
    """Return the whole number (i32), from 0 to a thousand million; null where it is none."""
    text = pl.col(column)
    return (
        pl.when(text.str.contains(r"^\+?[0-9]{1,9}$"))
        .then(text.str.strip_prefix("+"))
        .cast(pl.Int32, strict=False)
    )


def real_number(column: str) -> pl.Expr:
    """Return the finite number (f64); null where it is not one."""
    number = pl.col(column).cast(pl.Float64, strict=False)
    return pl.when(number.is_finite()).then(number)


def clock(seconds_s: int) -> str:
    """Write seconds as HH:MM:SS, hours past 24 kept."""
    return f"{seconds_s // 3600:02d}:{seconds_s // 60 % 60:02d}:{seconds_s % 60:02d}"
