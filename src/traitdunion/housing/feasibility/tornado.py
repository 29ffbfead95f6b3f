"""Draw what moves the price of an operation: bars around its price, plain figures for an SVG."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from traitdunion.french import number

from ..money.exact import exactly
from ..money.operations import OperationInputs, Sensitivity, step

WIDTH, LEFT, RIGHT, TOP, ROW, BAR = 640, 132, 620, 40, 34, 22
NAMES = {
    "works_per_m2": "Travaux",
    "subsidies": "Subventions",
    "su": "Surface utile",
    "fees": "Honoraires",
    "other": "Autres frais",
    "carry": "Portage",
    "margin": "Marge",
}
TENTHS = ("works_per_m2", "su")
POINTS = {"fees": Decimal("0.03"), "other": Decimal("0.02"), "carry": Decimal("0.01"),
          "margin": Decimal("0.02")}  # fmt: skip
GRANT_STEP = Decimal(50_000)


@dataclass(frozen=True, slots=True)
class Bar:
    """A hypothesis moved down and up: prices on both sides, with what moved them."""

    name: str
    y: int
    left_x: str
    left_width: str
    left_text: str
    right_x: str
    right_width: str
    right_end: str
    right_text: str
    low: Decimal
    high: Decimal
    low_text: str
    high_text: str
    inside_left: bool
    inside_right: bool


@dataclass(frozen=True, slots=True)
class Tornado:
    """The bars by width, the price and the market as lines across; `ticks`: x and price."""

    bars: tuple[Bar, ...]
    base_x: str
    base: Decimal
    market_x: str | None
    market: Decimal | None
    ticks: tuple[tuple[str, str], ...]
    height: int


@exactly
def moves(inputs: OperationInputs) -> list[tuple[str, Sensitivity, str, str]]:
    """Return each hypothesis moved by its own step: name, what it changes, the two steps in French.

    A grant moves by an absolute step: a tenth of nothing says nothing.
    """
    rows = []
    for name in NAMES:
        value = Decimal(getattr(inputs, name))
        if name in TENTHS:
            share = Decimal("0.15") if name == "works_per_m2" else Decimal("0.05")
            low, high = value * (1 - share), value * (1 + share)
            texts = (f"− {number(share * 100)} %", f"+ {number(share * 100)} %")
        elif name == "subsidies":
            low, high = max(value - GRANT_STEP, Decimal(0)), value + GRANT_STEP
            texts = ("− 50 k€" if value >= GRANT_STEP else "sans", "+ 50 k€")
        else:
            low, high = max(value - POINTS[name], Decimal(0)), value + POINTS[name]
            texts = (f"− {number((value - low) * 100)} pt", f"+ {number(POINTS[name] * 100)} pt")
        rows.append((name, step(inputs, name, low, high), *texts))
    return rows


def tornado(inputs: OperationInputs, market: Decimal | None) -> Tornado | None:
    """Return the drawing of the price per m², widest bar first; None where nothing moves it."""
    rows = sorted(moves(inputs), key=lambda row: -row[1].outputs["pv_ttc_m2"].swing)
    rows = [row for row in rows if row[1].outputs["pv_ttc_m2"].swing]
    if not rows:
        return None
    base = rows[0][1].outputs["pv_ttc_m2"].base
    ends = [p for _, moved, _, _ in rows for p in moved.outputs["pv_ttc_m2"]]
    ends += [market] if market is not None else []
    low, high = min(ends), max(ends)

    def across(price: Decimal) -> Decimal:
        share = (price - low) / (high - low) if high > low else Decimal("0.5")
        return LEFT + share * (RIGHT - LEFT)

    bars = tuple(
        _bar(NAMES[name], n, moved, down, up, base, across)
        for n, (name, moved, down, up) in enumerate(rows)
    )
    return Tornado(
        bars=bars,
        base_x=_x(across(base)),
        base=base,
        market_x=None if market is None else _x(across(market)),
        market=market,
        ticks=_ticks(low, high, across),
        height=TOP + ROW * len(bars) + 30,
    )


def _bar(
    name: str,
    n: int,
    moved: Sensitivity,
    down: str,
    up: str,
    base: Decimal,
    across: Callable[[Decimal], Decimal],
) -> Bar:
    figures = moved.outputs["pv_ttc_m2"]
    # A hypothesis that rises may lower the price: its step is written on the side it moves to.
    (left, left_text), (right, right_text) = sorted([(figures.low, down), (figures.high, up)])
    left, right = min(left, base), max(right, base)
    left_width, right_width = across(base) - across(left), across(right) - across(base)
    return Bar(
        name=name,
        y=TOP + ROW * n + (ROW - BAR) // 2,
        left_x=_x(across(left)),
        left_width=_x(left_width),
        left_text=left_text,
        right_x=_x(across(base)),
        right_width=_x(right_width),
        right_end=_x(across(right)),
        right_text=right_text,
        low=figures.low,
        high=figures.high,
        low_text=down,
        high_text=up,
        inside_left=left_width > 70,
        inside_right=right_width > 70,
    )


def _ticks(
    low: Decimal, high: Decimal, across: Callable[[Decimal], Decimal]
) -> tuple[tuple[str, str], ...]:
    sizes = (50, 100, 200, 500, 1_000, 2_000, 5_000)
    size = next((s for s in sizes if (high - low) / s <= 6), 10_000)
    first = int(low // size + 1) * size
    return tuple(
        (_x(across(Decimal(price))), f"{number(Decimal(price))} €")
        for price in range(first, int(high) + 1, size)
    )


def _x(value: Decimal) -> str:
    return f"{value:.1f}"
