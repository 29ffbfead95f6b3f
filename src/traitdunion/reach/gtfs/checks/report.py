"""What was found wrong in the feeds, in words a non-technical reader understands.

Findings are written in French: they are shown as they are. At most `EXAMPLES` of a kind are kept
one by one; the counts are always complete.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal

Severity = Literal["error", "warning", "info"]
"""What was left out, what is odd, and what must be known of a sound feed to answer well."""

EXAMPLES: Final = 20
"""How many findings of one code are kept in full."""

_LABELS: Final[dict[Severity, tuple[str, str]]] = {
    "error": ("erreur", "erreurs"),
    "warning": ("avertissement", "avertissements"),
    "info": ("information", "informations"),
}
_ORDER: Final[tuple[Severity, ...]] = ("error", "warning", "info")


@dataclass(frozen=True)
class Finding:
    """One thing wrong, where it stands, and what was done about it (`message`, in French).

    `line` is 1-based and counts the header as line 1; None when the whole file is meant.
    `count` is how many rows this one finding speaks for.
    """

    severity: Severity
    code: str
    feed: str
    file: str
    line: int | None
    field: str | None
    value: str | None
    message: str
    count: int = 1

    def __str__(self) -> str:
        """Give the place, then the message, on one line."""
        place = f"{self.feed} › {self.file}"
        if self.line is not None:
            place += f", ligne {self.line}"
        if self.field is not None:
            place += f", champ {self.field}"
        return f"{place} : {self.message}"


@dataclass
class Report:
    """All findings about the feeds read together.

    `counts` gives how often each (severity, code) was met, examples kept or not;
    `left_out` gives how many rows of each file were not loaded because of an error or of a rule
    stated in a finding (rows of trips that do not run in the days asked for are not counted).
    """

    findings: list[Finding] = field(default_factory=list)
    counts: Counter[tuple[Severity, str]] = field(default_factory=Counter)
    left_out: dict[str, int] = field(default_factory=dict)
    _kept: Counter[tuple[Severity, str]] = field(default_factory=Counter, repr=False)

    @property
    def errors(self) -> list[Finding]:
        """Return the kept findings that made us leave something out."""
        return [finding for finding in self.findings if finding.severity == "error"]

    @property
    def warnings(self) -> list[Finding]:
        """Return the kept findings that are odd, yet did not prevent reading."""
        return [finding for finding in self.findings if finding.severity == "warning"]

    def number_of(self, severity: Severity) -> int:
        """Count every finding of a severity, kept as an example or not."""
        return sum(number for (kind, _), number in self.counts.items() if kind == severity)

    def add(self, finding: Finding) -> None:
        """Count a finding, and keep it while there are few of its kind."""
        kind = (finding.severity, finding.code)
        self.counts[kind] += finding.count
        if self._kept[kind] < EXAMPLES:
            self._kept[kind] += 1
            self.findings.append(finding)

    def count_more(self, severity: Severity, code: str, number: int) -> None:
        """Count findings of a kind without keeping them, once enough examples are kept."""
        if number:
            self.counts[severity, code] += number

    def wants_examples(self, severity: Severity, code: str) -> int:
        """Return how many more findings of this kind would be kept."""
        return EXAMPLES - self._kept[severity, code]

    def leave_out(self, file: str, rows: int) -> None:
        """Count rows of a file that are not loaded."""
        if rows:
            self.left_out[file] = self.left_out.get(file, 0) + rows

    def lines(self) -> list[str]:
        """Give the report as French text, errors first, one line each."""
        return list(self._lines())

    def to_json(self) -> dict[str, Any]:
        """Give the report as plain values that `json.dumps` accepts."""
        return {
            "errors": self.number_of("error"),
            "warnings": self.number_of("warning"),
            "infos": self.number_of("info"),
            "counts": [
                {"severity": severity, "code": code, "count": number}
                for (severity, code), number in sorted(self.counts.items())
            ],
            "left_out": dict(sorted(self.left_out.items())),
            "findings": [asdict(finding) for finding in self.findings],
        }

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "Report":
        """Return the report that `to_json` gave."""
        return cls(
            findings=[Finding(**finding) for finding in plain.get("findings", [])],
            counts=Counter(
                {
                    (kind["severity"], kind["code"]): kind["count"]
                    for kind in plain.get("counts", [])
                }
            ),
            left_out=dict(plain.get("left_out", {})),
        )

    def _lines(self) -> Iterator[str]:
        if not self.counts:
            yield "Rien à signaler."
            return
        shown = [kind for kind in _ORDER if kind != "info" or self.number_of("info")]
        yield ", ".join(self._tally(kind) for kind in shown) + "."
        for finding in sorted(self.findings, key=self._by_kind):
            yield f"[{_LABELS[finding.severity][0]}] {finding}"
            if (hidden := self._hidden_after(finding)) > 0:
                yield f"[{_LABELS[finding.severity][0]}] … et {hidden} autres cas semblables."
        for file, rows in sorted(self.left_out.items()):
            plural = "lignes laissées" if rows > 1 else "ligne laissée"
            yield f"{file} : {rows} {plural} de côté."

    def _by_kind(self, finding: Finding) -> tuple[int, int]:
        """Put errors first, information last; findings of one code together, as they were met."""
        codes = list(self.counts)
        kind = (finding.severity, finding.code)
        return _ORDER.index(finding.severity), codes.index(kind)

    def _hidden_after(self, finding: Finding) -> int:
        """Count the findings not kept, after the last one kept of their kind; else 0."""
        kind = (finding.severity, finding.code)
        alike = [other for other in self.findings if (other.severity, other.code) == kind]
        return self.counts[kind] - sum(f.count for f in alike) if finding is alike[-1] else 0

    def _tally(self, severity: Severity) -> str:
        number = self.number_of(severity)
        return f"{number} {_LABELS[severity][number > 1]}"


class FeedError(ValueError):
    """Nothing usable could be read; the French message gives where, why and what to do.

    `report` holds what had been found before giving up.
    """

    def __init__(self, message: str, report: Report | None = None) -> None:
        """Keep the message, and the report if there is one."""
        super().__init__(message)
        self.report = report if report is not None else Report()
