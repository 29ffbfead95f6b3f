"""Reads of the territory: communes found as one types, and the commune that a text names."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import takewhile

from .models import Commune, Departement, PartieDeCommune, TerritoryEdition
from .names import fold
from .search import Entry, SearchIndex

MAX_SUGGESTIONS = 8
# Among homonyms the desk means those of the département it serves.
HOME_DEPARTEMENT = "43"

# The last index built, and the digest of the edition it was built from: one per process.
_built: tuple[str, SearchIndex] | None = None


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
    text: str, *, limit: int = 8, near_departement: str | None = HOME_DEPARTEMENT
) -> list[Commune]:
    """Communes that `text` may be the beginning of, best first; [] if none.

    `text` is a name, begun or with one typo, a postal or INSEE code, or both ("43000 Le Puy",
    "Saint-Just (43)", "Saint-Just, Loire"). Whole names come before begun ones, then the more
    populated. The communes of `near_departement` (a code, None for no preference) gain one rank:
    they pass the others of their rank, and the less populated of the rank above. Boundaries are
    left in the database.
    """
    return _communes(_index().search(text, limit=limit, near=near_departement))


def commune_named(text: str, *, near_departement: str | None = HOME_DEPARTEMENT) -> Commune:
    """The one commune that `text` names: name, "Nom (43)", code INSEE, or postal code of one only.

    Among homonyms the one of `near_departement` (a code) is meant, if it is alone there.
    Raises `UnknownCommune` with `.suggestions`, `AmbiguousCommune` with `.candidates` as well,
    `TerritoryNotLoaded` before the first load.
    """
    text = text.strip()
    if not text:
        raise UnknownCommune("Indiquez une commune, par son nom ou son code postal.")
    check_loaded()
    found = _communes(_index().named(text))
    preferred = [commune for commune in found if commune.departement_id == near_departement]
    for choice in (found, preferred):
        if len(choice) == 1:
            return choice[0]
    near = search_communes(text, limit=MAX_SUGGESTIONS, near_departement=near_departement)
    raise _ambiguous(text, found, near) if found else _unknown(text, near)


def places_of(code_insee: str) -> frozenset[str]:
    """Codes of the places that a commune is in, as rules name them: "epci:200073419"…

    Raises `UnknownCommune` where the territory does not know it.
    """
    commune = commune_at(code_insee)
    codes = {
        "commune": code_insee,
        "epci": commune.epci_id,
        "departement": commune.departement_id,
        "region": commune.departement.region_id,
    }
    return frozenset(f"{kind}:{code}" for kind, code in codes.items() if code)


def commune_at(code_insee: str) -> Commune:
    """Commune of a code INSEE, or `UnknownCommune`."""
    found = _communes([code_insee])
    if not found:
        raise UnknownCommune(f"Aucune commune n'a le code INSEE « {code_insee} ».")
    return found[0]


def check_loaded() -> None:
    """Raise `TerritoryNotLoaded`, which says what to do, unless there are communes."""
    if not Commune.objects.exists():
        raise TerritoryNotLoaded(
            "Le territoire n'est pas chargé : lancez « traitdunion territory load »."
        )


def invalidate() -> None:
    """Forget the index of this process; the next search builds it from the database.

    A load does it. Only changing communes by hand calls for it: another edition is noticed.
    """
    global _built
    _built = None


def _unknown(text: str, near: Sequence[Commune]) -> UnknownCommune:
    advice = (
        f"Vouliez-vous dire {_listed(near[:3], ' ou ')} ?"
        if near
        else "Vérifiez l'orthographe, ou donnez le code postal."
    )
    return UnknownCommune(f"Aucune commune ne s'appelle « {text} ». {advice}", near)


def _ambiguous(text: str, found: Sequence[Commune], near: Sequence[Commune]) -> AmbiguousCommune:
    shown = _listed(found[:MAX_SUGGESTIONS])
    more = len(found) - MAX_SUGGESTIONS
    others = f" et {more} autre{'s' if more > 1 else ''}" if more > 0 else ""
    message = f"Plusieurs communes répondent à « {text} » : {shown}{others}. Précisez laquelle."
    return AmbiguousCommune(message, found, _homonyms_first(found, near))


def _homonyms_first(found: Sequence[Commune], near: Sequence[Commune]) -> list[Commune]:
    """All homonyms, but after what the search puts before the first of them, then the rest of it.

    For "Le Puy" seen from Haute-Loire: Le Puy-en-Velay (43), Le Puy (33), Le Puy (25)…
    """
    homonyms = {commune.code_insee for commune in found}
    before = list(takewhile(lambda one: one.code_insee not in homonyms, near))
    after = [one for one in near[len(before) :] if one.code_insee not in homonyms]
    return [*before, *found, *after]


def _listed(communes: Iterable[Commune], last: str = ", ") -> str:
    labels = [commune.label for commune in communes]
    return last.join(filter(None, [", ".join(labels[:-1]), labels[-1]]))


def _communes(codes: Sequence[str]) -> list[Commune]:
    """Communes in the order of `codes`, without their boundaries."""
    rows = Commune.objects.defer("boundary").select_related("departement", "epci")
    found = rows.in_bulk(codes)
    return [found[code] for code in codes if code in found]


def _index() -> SearchIndex:
    """Index of what the database holds now, built again only when the edition changed."""
    global _built
    digest = TerritoryEdition.objects.values_list("digest", flat=True).first()
    if digest and _built and _built[0] == digest:
        return _built[1]
    names = Departement.objects.values_list("nom", "code")
    index = SearchIndex(_entries(), {fold(nom): code for nom, code in names})
    if digest:
        _built = digest, index
    return index


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
