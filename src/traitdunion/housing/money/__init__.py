"""Compute what an organisme de foncier solidaire lends, sells, bills and owes.

Pure functions: Decimal in, Decimal out, 50 digits inside, cents rounded half up at the points each
docstring names. A float is refused. No file, no database, no clock: tables of law and series come
in as arguments or from the dated data of `traitdunion.data.housing`.
"""

from .ceilings import Resale, Works, resale
from .loans import Row, annuity, largest_land_debt, schedule
from .monthly_costs import HousingTransport, housing_transport
from .operations import Operation, OperationInputs, operation
from .redevances import Arrears, Bill, BillRow, Segment, arrears, bill, revise
from .zero_rate_loans import BankLoan, Buyers, Phase, PtzPlan, PtzTable, ptz

__all__ = [
    "Arrears",
    "BankLoan",
    "Bill",
    "BillRow",
    "Buyers",
    "HousingTransport",
    "Operation",
    "OperationInputs",
    "Phase",
    "PtzPlan",
    "PtzTable",
    "Resale",
    "Row",
    "Segment",
    "Works",
    "annuity",
    "arrears",
    "bill",
    "housing_transport",
    "largest_land_debt",
    "operation",
    "ptz",
    "resale",
    "revise",
    "schedule",
]
