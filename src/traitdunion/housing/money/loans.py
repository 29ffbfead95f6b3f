"""Lay out the repayment of a land loan: constant or progressive, with deferral and revised rate.

A long loan of the Banque des Territoires is repaid yearly at a rate indexed on the Livret A; its
contract was not read here: *simple* and *double* révisabilité are defined below.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from .exact import ONE, ZERO, Given, decimal, exactly, rounded

INTEREST_PAID = "interest"
INTEREST_ADDED = "capitalised"


class Row(NamedTuple):
    """One period: `principal` may be negative where the payment is under the interest."""

    period: int
    rate: Decimal
    payment: Decimal
    interest: Decimal
    principal: Decimal
    balance: Decimal


@exactly
def annuity(capital: Given, periods: int, rate: Given, progression: Given = 0) -> Decimal:
    """Return the first payment, unrounded, of a loan repaid in `periods` payments.

    A₁ = C·(i − g) / (1 − ((1 + g)/(1 + i))ⁿ), and C·(1 + i)/n where i = g. `rate` and
    `progression` are those of one period.
    """
    c, i, g = decimal(capital), decimal(rate), decimal(progression)
    if periods < 1:
        raise ValueError(f"a loan has at least one payment, not {periods}")
    if i == g:
        return c * (ONE + i) / periods
    return c * (i - g) / (ONE - ((ONE + g) / (ONE + i)) ** periods)


@exactly
def schedule(
    *,
    capital: Given,
    periods: int,
    rate: Given,
    progression: Given = 0,
    deferral: int = 0,
    mode: str = INTEREST_PAID,
    rates_from_period: Mapping[int, Given] | None = None,
    double_revision: bool = False,
) -> tuple[Row, ...]:
    """Return the rows of a loan; each payment and interest is in cents, the last balance is 0.

    Args:
        capital: amount lent.
        periods: number of payments, the deferral included.
        rate: nominal rate of one period; `rates_from_period` gives those that replace it, by the
            first period they serve.
        progression: growth of the payment from one period to the next.
        deferral: first periods in which no principal is repaid. Interest is then paid
            (`mode="interest"`) or added to the capital (`mode="capitalised"`).
        double_revision: a new rate i' also changes the progression,
            g' = (1 + i')(1 + g)/(1 + i) − 1, and the payment grows on; otherwise the payment alone
            is computed again for the balance and the periods left.

    Raises:
        ValueError: for a deferral that leaves no payment, or an unknown mode.
    """
    c, i, g = decimal(capital), decimal(rate), decimal(progression)
    if not 0 <= deferral < periods:
        raise ValueError(f"a deferral of {deferral} leaves no payment in {periods} periods")
    if mode not in (INTEREST_PAID, INTEREST_ADDED):
        raise ValueError(f"unknown mode {mode!r}: {INTEREST_PAID} or {INTEREST_ADDED}")
    if c < 0 or i <= -ONE or g <= -ONE:
        raise ValueError("a capital is not negative, and a rate is over -100 %")
    changes = {int(k): decimal(v) for k, v in (rates_from_period or {}).items()}
    rows: list[Row] = []
    balance, due = c, ZERO
    for period in range(1, periods + 1):
        changed = period in changes
        if changed:
            if double_revision:
                g = (ONE + changes[period]) * (ONE + g) / (ONE + i) - ONE
            i = changes[period]
        interest = rounded(balance * i)
        if period <= deferral:
            payment = interest if mode == INTEREST_PAID else rounded(ZERO)
        else:
            restart = period == deferral + 1 or (changed and not double_revision)
            due = annuity(balance, periods - period + 1, i, g) if restart else due * (ONE + g)
            payment = balance + interest if period == periods else rounded(due)
        principal = payment - interest
        balance -= principal
        rows.append(Row(period, i, payment, interest, principal, balance))
    return tuple(rows)


@exactly
def largest_land_debt(
    *, redevance_m2_month: Given, management_share: Given, rate: Given, periods: int
) -> Decimal:
    """Return the land debt per m² that a redevance repays, to the cent.

    12·r·(1 − management)·(1 − (1 + i)^−n)/i: the inverse of the constant payment.
    """
    yearly = 12 * decimal(redevance_m2_month) * (ONE - decimal(management_share))
    return rounded(yearly / annuity(1, periods, rate))
