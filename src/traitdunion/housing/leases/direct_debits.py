"""Write a SEPA direct debit file (pain.008): everything is checked before `sepaxml` writes.

`sepaxml` takes an IBAN with a wrong key and drops unknown parts of an address: the checks are here.
No address is written: one is asked for accounts outside the EEA alone, which are refused, and
addresses without structure are rejected since 15 November 2026 (EPC 153-22).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from sepaxml import SepaDD

from traitdunion.french import day

from ..enums import SchemaSepa

EEA = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "HR",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HU",
        "IE",
        "IS",
        "IT",
        "LI",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "NO",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]
)
REFERENCE = re.compile(r"[A-Za-z0-9+?/:().,' -]{1,35}")
"""Characters and length of a reference of mandate (EPC 217-08)."""


@dataclass(frozen=True, slots=True)
class Creditor:
    """Who is paid: name, ICS, IBAN, format."""

    name: str
    ics: str
    iban: str
    schema: SchemaSepa = SchemaSepa.V08


@dataclass(frozen=True, slots=True)
class Debit:
    """A sum to take from an account; `reference`: the one that the bank gives back."""

    lease: str
    name: str
    iban: str
    mandate: str
    signed_on: date
    cents: int
    reference: str
    label: str


def iban_fault(text: str) -> str:
    """Return what is wrong with an IBAN, in French; nothing where it is sound.

    Its own key and that of the national number (the RIB key in France) are both checked.
    """
    try:
        iban = IBAN(text, validate_bban=True)
    except (SchwiftyException, ValueError):
        return "IBAN faux : un chiffre manque ou une clé ne tombe pas juste."
    if iban.country_code not in EEA:
        return "Compte hors de l'Espace économique européen : une adresse serait exigée."
    return ""


def ics_fault(text: str) -> str:
    """Return what is wrong with a SEPA creditor identifier (EPC 262-08, ISO 7064 mod 97-10)."""
    code = "".join(text.split()).upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{3}[A-Z0-9]{1,28}", code):
        return "Identifiant créancier mal écrit : FR, deux chiffres, trois signes, le numéro."
    # The three signs of the business code are not counted.
    moved = code[7:] + code[:4]
    if int("".join(str(int(sign, 36)) for sign in moved)) % 97 != 1:
        return "Identifiant créancier faux : sa clé ne tombe pas juste."
    return ""


def faults_of(creditor: Creditor, debits: Sequence[Debit], on: date, today: date) -> list[str]:
    """Return all that would make the bank reject the file, in French."""
    faults = []
    for wrong in (ics_fault(creditor.ics), iban_fault(creditor.iban)):
        if wrong:
            faults.append(f"Créancier : {wrong}")
    if not creditor.name.strip():
        faults.append("Créancier : le nom manque.")
    if on <= today:
        faults.append(f"La date de prélèvement ({day(on)}) est à venir.")
    if on.weekday() > 4:
        faults.append(f"Le {day(on)} n'est pas un jour de banque.")
    if not debits:
        faults.append("Rien à prélever.")
    seen = set()
    for debit in debits:
        for wrong in _faults(debit, on):
            faults.append(f"Bail {debit.lease} : {wrong}")
        if debit.mandate in seen:
            faults.append(f"Bail {debit.lease} : mandat prélevé deux fois.")
        seen.add(debit.mandate)
    return faults


def _faults(debit: Debit, on: date) -> list[str]:
    faults = [iban_fault(debit.iban)]
    if not debit.name.strip():
        faults.append("le nom du titulaire manque.")
    if not REFERENCE.fullmatch(debit.mandate):
        faults.append("référence de mandat mal écrite.")
    if debit.cents <= 0:
        faults.append("rien à prélever.")
    if debit.signed_on > on:
        faults.append("mandat signé après le prélèvement.")
    return [wrong for wrong in faults if wrong]


def direct_debit_file(creditor: Creditor, debits: Sequence[Debit], *, on: date) -> bytes:
    """Return the file, checked against its schema. Call `faults_of` first."""
    config = {
        "name": creditor.name.strip()[:70],
        "IBAN": IBAN(creditor.iban).compact,
        "batch": True,
        "creditor_id": "".join(creditor.ics.split()).upper(),
        "currency": "EUR",
        "instrument": "CORE",
    }
    if creditor.schema == SchemaSepa.V02:
        # This schema asks for the BIC of the creditor; schwifty knows that of French banks.
        config["BIC"] = str(IBAN(creditor.iban).bic or "NOTPROVIDED")
    writer = SepaDD(config, schema=str(creditor.schema), clean=True)
    for debit in debits:
        writer.add_payment(
            {
                "name": debit.name.strip()[:70],
                "IBAN": IBAN(debit.iban).compact,
                "amount": debit.cents,
                "type": "RCUR",
                "collection_date": on,
                "mandate_id": debit.mandate,
                "mandate_date": debit.signed_on,
                "description": debit.label[:140],
                "endtoend_id": debit.reference[:35],
            }
        )
    written: bytes = writer.export(validate=True)
    return written
