"""Reads of the territory: communes found as one types, and the commune that a text names."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from copy import copy
from itertools import takewhile
from typing import NamedTuple

from traitdunion import french

from .home import home_departement
from .models import Commune, Departement, PartieDeCommune, TerritoryEdition
from .names import fold
from .search import Entry, SearchIndex

MAX_SUGGESTIONS = 8
HOME = "home"
"""Stands for the département that the site serves and its neighbours."""

# The last index built, and the digest of the edition it was built from: one per process.
_built: tuple[str, SearchIndex] | None = None

MAX_READ = 4096
"""Communes kept at most: beyond, all are forgotten."""

# The communes read, and the digest of the edition they were read from.
_read: tuple[str, dict[str, Commune]] = ("", {})


class UnknownCommune(LookupError):
    """No commune bears this name or code; `suggestions` are the communes that come near."""

    def __init__(self, message: str, suggestions: Sequence[Commune] = ()):
        super().__init__(message)
        self.suggestions = list(suggestions)


class AmbiguousCommune(UnknownCommune):
    """Several communes, `candidates`, bear this name or code; `suggestions` hold them all."""

    def __init__(
        self, message: str, candidates: Sequence[Commune], suggestions: Sequence[Commune] = ()
    ):
        super().__init__(message, suggestions or candidates)
        self.candidates = list(candidates)


class TerritoryNotLoaded(UnknownCommune):
    """The tables of the territory are empty."""


def search_communes(
    text: str, *, limit: int = 8, near_departement: str | None = HOME
) -> list[Commune]:
    """Return the communes that `text` may be the beginning of, best first; [] if none.

    `text` is a name, begun or with one typo, a postal or INSEE code, or both ("43000 Le Puy",
    "Saint-Just (43)", "Saint-Just, Loire"). Whole names come before begun ones, then the more
    populated. The communes of `near_departement` (a code; HOME for the département served and its
    neighbours; None for no preference) gain one rank and come first in it. Boundaries are left in
    the database.
    """
    index, near, digest = _index(near_departement)
    return _communes(index.search(text, limit=limit, near=near), digest)


def commune_named(text: str, *, near_departement: str | None = HOME) -> Commune:
    """Return the one commune that `text` names: name, "Nom (43)", code INSEE or postal code.

    Among homonyms the one of `near_departement` is meant if it is alone there, else the one of its
    neighbours (see `search_communes`); `.homonyms` of what is returned lists the others.
    Raises `UnknownCommune` with `.suggestions`, `AmbiguousCommune` with `.candidates` as well,
    `TerritoryNotLoaded` before the first load.
    """
    text = text.strip()
    if not text:
        raise UnknownCommune("Indiquez une commune, par son nom ou son code postal.")
    index, near, digest = _index(near_departement)
    communes = _communes(index.named(text), digest)
    if not communes:
        check_loaded()
    at_home = [commune for commune in communes if commune.departement_id in near[:1]]
    around = [commune for commune in communes if commune.departement_id in near]
    for choice in (communes, at_home, around if not at_home else []):
        if len(choice) == 1:
            taken = choice[0]
            taken.homonyms = [commune for commune in communes if commune.pk != taken.pk]
            return taken
    others = search_communes(text, limit=MAX_SUGGESTIONS, near_departement=near_departement)
    raise _ambiguous(text, communes, others) if communes else _unknown(text, others)


def neighbours_of_home() -> tuple[str, ...]:
    """Return the départements beside the one served, as the last load found them."""
    edition = TerritoryEdition.objects.values_list("departement", "voisins").first()
    served, neighbours = edition or ("", [])
    return tuple(neighbours) if served == home_departement() else ()


def taken_among_homonyms(text: str, commune: Commune) -> str:
    """Return which commune was taken for a text that others answer to, "" where it is the only one.

    Pages and commands show it: "« Grèzes » : Grèzes (43) est prise. Même nom : Grèzes (48)."
    """
    homonyms = getattr(commune, "homonyms", ())
    if not homonyms:
        return ""
    others = _listed(homonyms[:MAX_SUGGESTIONS])
    return f"« {text.strip()} » : {commune.label} est prise. Même nom : {others}."


def places_of(code_insee: str) -> frozenset[str]:
    """Return the codes of the places that a commune is in, as rules name them: "epci:200073419"…

    Raises `UnknownCommune` where the territory does not know it.
    """
    return _places_of(commune_at(code_insee))


def _places_of(commune: Commune) -> frozenset[str]:
    codes = {
        "commune": commune.code_insee,
        "epci": commune.epci_id,
        "departement": commune.departement_id,
        "region": commune.departement.region_id,
    }
    return frozenset(f"{kind}:{code}" for kind, code in codes.items() if code)


class Around(NamedTuple):
    """Communes of a département, and what is known of any of them by its code INSEE."""

    communes: list[Commune]
    epci: dict[str, str | None]
    places: dict[str, frozenset[str]]


def communes_of(departements: Sequence[str], *, beside: str | None = None) -> Around:
    """Return the communes of départements by name, without boundaries, read at once.

    What is known of the commune `beside`, elsewhere perhaps, is read with theirs.
    """
    rows = Commune.objects.filter(departement_id__in=departements).defer("boundary")
    communes = list(rows.select_related("departement").order_by("cle", "code_insee"))
    known = [*communes, *_communes([beside] if beside else [])]
    return Around(
        communes,
        {commune.code_insee: commune.epci_id for commune in known},
        {commune.code_insee: _places_of(commune) for commune in known},
    )


def commune_at(code_insee: str) -> Commune:
    """Return the commune of a code INSEE; raise `UnknownCommune` if there is none."""
    communes = _communes([code_insee])
    if not communes:
        raise UnknownCommune(f"Aucune commune n'a le code INSEE « {code_insee} ».")
    return communes[0]


def check_loaded() -> None:
    """Raise `TerritoryNotLoaded`, with what to do, unless there are communes."""
    if not Commune.objects.exists():
        raise TerritoryNotLoaded(
            "Le territoire n'est pas chargé : lancez « traitdunion territory load »."
        )


def edition_digest() -> str:
    """Return what changes with anything loaded of the territory; "" before the first load."""
    return TerritoryEdition.objects.values_list("digest", flat=True).first() or ""


def invalidate() -> None:
    """Forget the index of this process; the next search builds it from the database.

    A load does it. Only changing communes by hand calls for it: another edition is noticed.
    """
    global _built, _read
    _built, _read = None, ("", {})


def _unknown(text: str, near: Sequence[Commune]) -> UnknownCommune:
    advice = (
        f"Vouliez-vous dire {_listed(near[:3], ' ou ')} ?"
        if near
        else "Vérifiez l'orthographe, ou donnez le code postal."
    )
    return UnknownCommune(f"Aucune commune ne s'appelle « {text} ». {advice}", near)


def _ambiguous(text: str, communes: Sequence[Commune], near: Sequence[Commune]) -> AmbiguousCommune:
    shown = _listed(communes[:MAX_SUGGESTIONS])
    more = len(communes) - MAX_SUGGESTIONS
    others = f" et {more} autre{french.plural(more)}" if more > 0 else ""
    message = f"Plusieurs communes répondent à « {text} » : {shown}{others}. Précisez laquelle."
    return AmbiguousCommune(message, communes, _homonyms_first(communes, near))


def _homonyms_first(communes: Sequence[Commune], near: Sequence[Commune]) -> list[Commune]:
    """Return all homonyms, but after what the search puts before the first of them, then the rest
    of it.

    For "Le Puy" seen from Haute-Loire: Le Puy-en-Velay (43), Le Puy (33), Le Puy (25)…
    """
    homonyms = {commune.code_insee for commune in communes}
    before = list(takewhile(lambda commune: commune.code_insee not in homonyms, near))
    after = [commune for commune in near[len(before) :] if commune.code_insee not in homonyms]
    return [*before, *communes, *after]


def _listed(communes: Iterable[Commune], last: str = ", ") -> str:
    labels = [commune.label for commune in communes]
    return last.join(filter(None, [", ".join(labels[:-1]), labels[-1]]))


def _communes(codes: Sequence[str], digest: str | None = None) -> list[Commune]:
    """Return communes in the order of `codes`, without their boundaries.

    `digest`: that of the edition in use, read where it is not given.
    """
    if digest is None:
        digest = edition_digest()
    kept = _kept_communes(digest)
    missing = [code for code in codes if code not in kept]
    if missing:
        rows = Commune.objects.defer("boundary").select_related("departement", "epci")
        kept.update(rows.in_bulk(missing))
    # Each caller gets rows of its own: `commune_named` writes the homonyms on one.
    return [copy(kept[code]) for code in codes if code in kept]


def _kept_communes(digest: str) -> dict[str, Commune]:
    """Return the communes read of an edition, by code: they change with it alone.

    With no edition, nothing is kept.
    """
    global _read
    if not digest:
        return {}
    if _read[0] != digest or len(_read[1]) > MAX_READ:
        _read = digest, {}
    return _read[1]


def _index(near: str | None) -> tuple[SearchIndex, tuple[str, ...], str]:
    """Return the index of what the database holds now, and the départements to prefer in order.

    And the digest of the edition, "" where there is none. The index is built again only when the
    edition changed.
    """
    global _built
    edition = TerritoryEdition.objects.values_list("digest", "departement", "voisins").first()
    digest, served, neighbours = edition or ("", "", [])
    preferred = (near,) if near else ()
    if near == HOME:
        home = home_departement()
        # The neighbours are those of the last load: another setting waits for the next one.
        preferred = (home, *neighbours) if served == home else (home,)
    if digest and _built and _built[0] == digest:
        return _built[1], preferred, digest
    names = Departement.objects.values_list("nom", "code")
    index = SearchIndex(_entries(), {fold(nom): code for nom, code in names})
    if digest:
        _built = digest, index
    return index, preferred, digest


def _entries() -> list[Entry]:
    parts = defaultdict(list)
    for code, nom, commune in PartieDeCommune.objects.values_list(
        "code_insee", "nom", "commune_id"
    ):
        parts[commune].append((code, fold(nom)))
    columns = ("code_insee", "cle", "departement_id", "population", "codes_postaux")
    return [
        Entry(code, cle, departement, population or 0, codes, parts.get(code, ()))
        for code, cle, departement, population, codes in Commune.objects.values_list(*columns)
    ]
