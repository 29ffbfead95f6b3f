"""Name the accounts of the ledger, and turn euros to the cents it keeps."""

from decimal import Decimal
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import yaml

PRENEURS, BANQUE, REDEVANCES = "411", "512", "706"


@cache
def chart() -> MappingProxyType[str, str]:
    """Return the label of each account."""
    text = files("traitdunion.data").joinpath("housing/comptes.yaml").read_text("utf-8")
    return MappingProxyType({row["numero"]: row["libelle"] for row in yaml.safe_load(text)})


def cents(amount: Decimal) -> int:
    """Return an amount in cents. Raises ValueError where it has parts of a cent."""
    whole = amount * 100
    if whole != int(whole):
        raise ValueError(f"{amount} has parts of a cent")
    return int(whole)


def euros_of(amount: int) -> Decimal:
    """Return cents as euros, two decimals."""
    return Decimal(amount).scaleb(-2)
