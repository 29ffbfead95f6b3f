"""Read the cadastral reference of a parcel, as people write it, into its fourteen signs.

Five of the commune, three of the former commune (000 where there is none), two of the section, four
of the number. No check letter of a parcel is published: each field is checked by itself.
"""

import re
from dataclasses import dataclass

WHOLE = re.compile(r"(\d[\dAB]\d{3})(\d{3})([0A-Z][A-Z]|\d{2})(\d{4})")
SHORT = re.compile(r"(\d{3})?([A-Z]{1,2}|\d{2}(?=\D))[ .]*(?:N°?)?[ .]*(\d{1,4})")
NUMBERED_SECTIONS = ("57", "67", "68")
"""Départements whose sections are numbers."""
FORM = "Écrivez la section et le numéro (AB\u00a0123), ou les quatorze signes (43157000AB0123)."


class UnreadableReference(ValueError):
    """A cadastral reference that names no parcel; the message gives what to do, in French."""


@dataclass(frozen=True, slots=True)
class CadastralReference:
    """A parcel. `former`: code of the commune merged into this one, 000 where there is none."""

    commune: str
    former: str
    section: str
    number: str

    @property
    def idu(self) -> str:
        """Return the fourteen signs."""
        return f"{self.commune}{self.former}{self.section}{self.number}"


def words_of(idu: str) -> str:
    """Return how people write fourteen signs: « AB 123 », after the former commune if any."""
    former = "" if idu[5:8] == "000" else f"{idu[5:8]} "
    return f"{former}{idu[8:10].lstrip('0')} {idu[10:].lstrip('0')}"


def read_reference(text: str, *, commune: str) -> CadastralReference:
    """Return the parcel of a commune (INSEE code) that a text names.

    Raises UnreadableReference where it names none, or one of another commune.
    """
    asked = " ".join(text.upper().replace("-", " ").replace("/", " ").split())
    joined = asked.replace(" ", "")
    whole = WHOLE.fullmatch(joined)
    if whole:
        parcel = CadastralReference(*whole.groups())
    else:
        short = SHORT.fullmatch(asked) or SHORT.fullmatch(joined)
        if short is None:
            raise UnreadableReference(f"« {text.strip()[:30]} » n'est pas une référence. {FORM}")
        former, section, number = short.groups()
        parcel = CadastralReference(
            commune, former or "000", section.rjust(2, "0"), number.rjust(4, "0")
        )
    if parcel.commune != commune:
        raise UnreadableReference(
            f"Cette référence est de la commune {parcel.commune}, et non de {commune} : corrigez "
            "l'une ou l'autre."
        )
    if parcel.section.isdigit() and not commune.startswith(NUMBERED_SECTIONS):
        raise UnreadableReference(f"Une section est une lettre ou deux ici. {FORM}")
    if parcel.number == "0000":
        raise UnreadableReference(f"Le numéro d'une parcelle commence à 1. {FORM}")
    return parcel
