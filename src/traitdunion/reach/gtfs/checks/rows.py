"""The checks that several files share: blanks, doubles, references, money."""

from collections.abc import Iterable, Sequence
from typing import Final

import polars as pl

from .notes import Notes

_CURRENCY: Final = "^[A-Z]{3}$"
_PRICE: Final = r"^-?[0-9]{1,9}(\.[0-9]{1,6})?$"


def without_blanks(
    table: pl.DataFrame, file: str, names: Sequence[str], notes: Notes
) -> pl.DataFrame:
    """Leave out the rows where one of these columns is blank."""
    for name in names:
        table = notes.leave_out(
            "missing_value",
            file,
            table,
            pl.col(name) == "",
            f"{name} est vide : ligne laissée de côté.",
            field=name,
        )
    return table


def without_repeats(table: pl.DataFrame, file: str, notes: Notes) -> pl.DataFrame:
    """Leave out the rows that a row above gives sign by sign; nothing is lost with them."""
    return notes.leave_out(
        "repeated_row",
        file,
        table,
        ~pl.struct(pl.exclude("line")).is_first_distinct(),
        "cette ligne répète une ligne plus haut, à l'identique : sans effet.",
        severity="warning",
    )


def without_doubles(
    table: pl.DataFrame, file: str, key: Sequence[str], notes: Notes
) -> pl.DataFrame:
    """Leave out the rows whose key stands in a row above."""
    return notes.leave_out(
        "duplicate_key",
        file,
        table,
        ~pl.struct(key).is_first_distinct(),
        "une ligne plus haut dit déjà la même chose : celle-ci est laissée de côté.",
        field=key[0],
    )


def without_unknown(
    table: pl.DataFrame,
    file: str,
    field: str,
    known: Iterable[str],
    where: str,
    notes: Notes,
    *,
    code: str,
    kept: Iterable[str] | None = None,
) -> pl.DataFrame:
    """Leave out the rows that name in `field` what is not `known`; blank names nothing.

    Rows that name what is known but was itself left out (not in `kept`) go without a finding.
    """
    named = pl.col(field) != ""
    table = notes.leave_out(
        code,
        file,
        table,
        named & ~pl.col(field).is_in(_texts(known).implode()),
        "« {value} » n'existe pas dans " + where + " : ligne laissée de côté.",
        field=field,
    )
    if kept is None:
        return table
    lost = named & ~pl.col(field).is_in(_texts(kept).implode())
    notes.report.leave_out(file, table.filter(lost).height)
    return table.filter(~lost)


def _texts(names: Iterable[str]) -> pl.Series:
    return pl.Series(sorted(set(names)), dtype=pl.String)


def without_bad_enum(
    table: pl.DataFrame, file: str, field: str, values: Sequence[str], notes: Notes
) -> pl.DataFrame:
    """Leave out the rows whose `field` is none of these values."""
    listed = ", ".join(value for value in values if value)
    return notes.leave_out(
        "bad_value",
        file,
        table,
        ~pl.col(field).is_in(list(values)),
        "« {value} » n'est pas une valeur permise (" + listed + ") : ligne laissée de côté.",
        field=field,
    )


def with_row(
    table: pl.DataFrame,
    file: str,
    field: str,
    rows: pl.DataFrame,
    where: str,
    notes: Notes,
    *,
    code: str,
) -> pl.DataFrame:
    """Resolve `field` into the row of the same name without "_id"; blank gives -1.

    `rows` gives, by id (first column), the row (second column).
    """
    key, row = rows.columns
    name = field.removesuffix("_id")
    known = rows.select(pl.col(key).alias(field), pl.col(row).cast(pl.Int32).alias(name))
    table = notes.leave_out(
        code,
        file,
        table.join(known, on=field, how="left", maintain_order="left"),
        (pl.col(field) != "") & pl.col(name).is_null(),
        "« {value} » n'existe pas dans " + where + " : ligne laissée de côté.",
        field=field,
    )
    return table.with_columns(pl.col(name).fill_null(-1))


def with_money(
    table: pl.DataFrame,
    file: str,
    price: str,
    currency: str,
    notes: Notes,
    *,
    may_be_negative: bool = False,
) -> pl.DataFrame:
    """Check amounts, all in one currency; columns `price` and `currency`."""
    right = pl.col(price).str.contains(_PRICE)
    if not may_be_negative:
        right &= ~pl.col(price).str.starts_with("-")
    table = notes.leave_out(
        "bad_price",
        file,
        table,
        ~right,
        "« {value} » n'est pas un prix (nombre décimal, au point) : ligne laissée de côté.",
        field=price,
    )
    table = notes.leave_out(
        "bad_currency",
        file,
        table,
        ~pl.col(currency).str.contains(_CURRENCY),
        "« {value} » n'est pas le code d'une monnaie (exemple : EUR) : ligne laissée de côté.",
        field=currency,
    )
    if table.height:
        # Prices are added and compared, which takes one currency: the most frequent.
        usual = table[currency].value_counts(name="n").sort("n", currency)[currency][-1]
        table = notes.leave_out(
            "other_currency",
            file,
            table,
            pl.col(currency) != usual,
            "prix en {value} quand les autres sont en " + usual + " : ligne laissée de côté.",
            field=currency,
        )
    return table.with_columns(pl.col(price).alias("price"), pl.col(currency).alias("currency"))
