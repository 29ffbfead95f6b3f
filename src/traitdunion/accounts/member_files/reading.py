"""Read a table of people to invite: sound rows kept, the others listed by line."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from traitdunion.sources.bounded.either import read_table
from traitdunion.sources.bounded.faults import Fault, Unreadable
from traitdunion.territory.names import fold

from ..enums import Role

ADDRESS, ROLE = "adresse", "role"
ADDRESS_NAMES = (ADDRESS, "adresse electronique", "courriel", "mail", "email", "e-mail")
MAX_PEOPLE = 500
ROLES = {fold(text): role for role in Role for text in (role.value, role.label)}


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person to invite, from a row that reads well."""

    line: int
    email: str
    role: Role


def read_people(content: bytes) -> tuple[list[PersonRow], list[Fault]]:
    """Read a CSV or XLSX; return its sound rows and the faults of the others.

    Raises Unreadable where it is no such table.
    """
    table = read_table(content)
    known = {fold(heading): heading for heading in table.headings}
    address = next((known[name] for name in ADDRESS_NAMES if name in known), None)
    if address is None or ROLE not in known:
        raise Unreadable.of(
            "il faut une colonne « adresse » et une colonne « rôle ».",
            "La première ligne donne leurs noms.",
        )
    rows: list[PersonRow] = []
    faults, seen = list(table.faults), set()
    for record in table.records:
        email = record.cells.get(address, "").strip().lower()
        role = ROLES.get(fold(record.cells.get(known[ROLE], "").strip()))
        fault = _fault(email, role) or (TWICE if (email, role) in seen else None)
        if fault is None and role is not None:
            seen.add((email, role))
            rows.append(PersonRow(record.line, email, role))
        elif fault is not None:
            faults.append(Fault(f"ligne {record.line}", *fault))
    if len(rows) > MAX_PEOPLE:
        raise Unreadable.of(
            f"ce fichier a {len(rows)} personnes, {MAX_PEOPLE} au plus.", "Partagez-le."
        )
    return rows, faults


TWICE = ("cette personne a déjà ce rôle plus haut.", "Retirez la ligne.")


def _fault(email: str, role: Role | None) -> tuple[str, str] | None:
    try:
        validate_email(email)
    except ValidationError:
        shown = f"« {email[:60]} » n'est pas une adresse." if email else "l'adresse est vide."
        return shown, "Exemple : prenom.nom@exemple.fr."
    if role is None:
        return "rôle inconnu.", f"Au choix : {', '.join(role.label for role in Role)}."
    return None
