"""Places of a rule: what people write, the codes that rules hold, and back."""

from collections.abc import Iterable

from traitdunion.territory.models import Commune, Departement, Epci
from traitdunion.territory.queries import UnknownCommune, commune_named

KINDS = {"commune": Commune, "epci": Epci, "departement": Departement}


def places_named(text: str) -> list[str]:
    """Return the codes of the places named, separated by commas; ValueError naming the first
    unknown one.

    A commune comes before a communauté, a communauté before a département.
    """
    names = [name.strip() for name in text.split(",")]
    return [_place(name) for name in names if name]


def _place(name: str) -> str:
    try:
        return f"commune:{commune_named(name).code_insee}"
    except UnknownCommune:
        pass
    epci = Epci.objects.filter(nom__iexact=name).first()
    if epci is not None:
        return f"epci:{epci.siren}"
    departement = Departement.objects.filter(nom__iexact=name).first()
    if departement is not None:
        return f"departement:{departement.code}"
    raise ValueError(
        f"« {name} » n'est ni une commune, ni une communauté, ni un département. "
        "Vérifiez l'orthographe, ou écrivez le code INSEE de la commune."
    )


def names_of_places(codes: Iterable[str]) -> str:
    """Return the names of codes, as one would write them; a code that is not known stays."""
    return ", ".join(_name(code) for code in codes)


def _name(place: str) -> str:
    kind, _, code = place.partition(":")
    held_place = KINDS[kind].objects.filter(pk=code).first() if kind in KINDS else None
    if held_place is None:
        return place
    return code if kind == "commune" else str(held_place.nom)
