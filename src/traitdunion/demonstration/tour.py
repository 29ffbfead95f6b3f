"""The tour of the demonstration: ten pages in three minutes, one for each role.

A stop is an address with its number (`visite=3`): the page itself says what to look at and leads to
the next. Nothing is kept of who follows it.
"""

from dataclasses import dataclass

_WEEK = "&".join(f"jours={day}" for day in ("lun", "mar", "mer", "jeu", "ven"))


@dataclass(frozen=True, slots=True)
class Stop:
    """One page of the tour: for whom it is, the address without its number, what to look at."""

    role: str
    path: str
    look_at: str
    query: str = ""


STOPS = (
    Stop(
        "Conseiller",
        "/",
        "un poste de 8\u00a0h à 16\u00a0h, sans permis : l'aller et le retour, le prix du mois, "
        "les semaines du contrat.",
        f"domicile=Langeac&travail=Le+Puy-en-Velay&{_WEEK}&debut=08:00&fin=16:00&permis=aucun",
    ),
    Stop(
        "Conseiller, quand c'est non",
        "/",
        "un poste qui commence à 5\u00a0h : ce que l'employeur, la Région ou la Maison de la "
        "mobilité peuvent changer.",
        f"domicile=Saugues&travail=Brioude&{_WEEK}&debut=05:00&fin=13:00&permis=aucun",
    ),
    Stop(
        "Demandeur d'emploi",
        "/mon-trajet/",
        "une question par écran, en cinq langues, sans compte et sans rien garder.",
    ),
    Stop(
        "Qui cherche où postuler",
        "/carte/",
        "les communes où l'on peut travailler et d'où l'on peut rentrer, colorées par coût.",
        f"domicile=Langeac&{_WEEK}&debut=08:00&fin=16:00&permis=aucun",
    ),
    Stop(
        "Maison de la mobilité",
        "/solutions/",
        "toutes les solutions du département, et la date où chacune a été vérifiée.",
    ),
    Stop(
        "Ceux qui pilotent",
        "/observatoire/",
        "qui peut tenir un poste de nuit ou du matin, commune par commune, et ce qui bloque.",
    ),
    Stop(
        "Chaque acteur",
        "/leviers/",
        "le plus petit changement utile, pour combien d'habitants, à quel prix.",
    ),
    Stop(
        "Ceux qui coopèrent",
        "/cooperation/feuille-de-route/",
        "ce qui a été promis en séance, par qui, pour quand, et ce qui est en retard.",
    ),
    Stop(
        "Employeur",
        "/employeurs/accueillir/",
        "préparer une arrivée, étape par étape, avec l'article de loi.",
    ),
    Stop(
        "Logement",
        "/logement/",
        "un logement et un poste cherchés ensemble, avec l'organisme de foncier solidaire.",
    ),
)


def address_of(number: int) -> str:
    """Return the address of a stop, counted from 1."""
    stop = STOPS[number - 1]
    return f"{stop.path}?{f'{stop.query}&' if stop.query else ''}visite={number}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a visitor stands in the tour."""

    number: int

    @property
    def stop(self) -> Stop:
        """Return the stop shown."""
        return STOPS[self.number - 1]

    @property
    def address(self) -> str:
        """Return the address of the stop."""
        return address_of(self.number)

    @property
    def total(self) -> int:
        """Return how many stops the tour has."""
        return len(STOPS)

    @property
    def following(self) -> str:
        """Return the address of the next stop, "" at the last."""
        return address_of(self.number + 1) if self.number < len(STOPS) else ""

    @property
    def previous(self) -> str:
        """Return the address of the stop before, "" at the first."""
        return address_of(self.number - 1) if self.number > 1 else ""


def every_place() -> list[Place]:
    """Return the stops in order."""
    return [Place(number) for number in range(1, len(STOPS) + 1)]


def place_at(path: str, number: str) -> Place | None:
    """Return where the tour stands on a page, None where the number is not of that page."""
    if not (number.isascii() and number.isdigit() and len(number) <= 2):
        return None
    place = next((place for place in every_place() if place.number == int(number)), None)
    return place if place is not None and place.stop.path == path else None
