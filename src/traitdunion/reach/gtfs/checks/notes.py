"""Lets the checks of one feed speak: note a finding, or leave rows out and say so."""

from dataclasses import dataclass

import polars as pl

from .report import FeedError, Finding, Report, Severity


@dataclass(frozen=True)
class Notes:
    """The report as one feed's checks see it."""

    report: Report
    feed: str

    def note(
        self,
        severity: Severity,
        code: str,
        file: str,
        message: str,
        *,
        line: int | None = None,
        field: str | None = None,
        value: str | None = None,
        count: int = 1,
    ) -> None:
        """Add one finding about this feed."""
        self.report.add(
            Finding(severity, code, self.feed, file, line, field, value, message, count)
        )

    def note_rows(
        self,
        severity: Severity,
        code: str,
        file: str,
        rows: pl.DataFrame,
        message: str,
        *,
        field: str | None = None,
    ) -> None:
        """Add one finding per row (columns `line` and `field`); `{value}` is put in the message.

        Any other column of the row may be named in the message too.
        """
        examples = rows.head(self.report.wants_examples(severity, code))
        for row in examples.iter_rows(named=True):
            value = None if field is None else str(row[field])
            text = message.format(**(row | {"value": value}))
            self.note(severity, code, file, text, line=row["line"], field=field, value=value)
        self.report.count_more(severity, code, rows.height - examples.height)

    def leave_out(
        self,
        code: str,
        file: str,
        table: pl.DataFrame,
        wrong: pl.Expr,
        message: str,
        *,
        field: str | None = None,
        severity: Severity = "error",
    ) -> pl.DataFrame:
        """Give the table without its wrong rows, each of them noted and counted."""
        is_wrong = table.select(wrong.fill_null(False)).to_series()
        if not is_wrong.any():
            return table
        rows = table.filter(is_wrong)
        self.note_rows(severity, code, file, rows, message, field=field)
        self.report.leave_out(file, rows.height)
        return table.filter(~is_wrong)

    def warn(
        self,
        code: str,
        file: str,
        table: pl.DataFrame,
        odd: pl.Expr,
        message: str,
        *,
        field: str | None = None,
        severity: Severity = "warning",
    ) -> None:
        """Note each odd row; the table is left as it is."""
        rows = table.filter(odd)
        if rows.height:
            self.note_rows(severity, code, file, rows, message, field=field)

    def refuse(self, message: str) -> FeedError:
        """Make the error of a feed of which nothing can be used."""
        return FeedError(f"{self.feed} : {message}", self.report)
