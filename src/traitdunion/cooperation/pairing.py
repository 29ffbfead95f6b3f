"""Who may help whom: what organisations look for, beside what others offer, by shared words."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.text import slugify

from .enums import SorteAnnonce
from .models import Annonce

# Words that tell nothing of what is offered or looked for.
EMPTY_WORDS = frozenset(
    {
        *("avec", "autre", "autres", "avoir", "cela", "cette", "chez", "dans", "deja", "depuis"),
        *("elle", "elles", "entre", "etre", "fait", "faire", "leur", "leurs", "moins", "nous"),
        *("notre", "pour", "plus", "prendre", "quand", "sans", "sont", "sous", "tous", "tout"),
        *("toute", "toutes", "vers", "votre"),
    }
)
SHORTEST_WORD, STEM = 4, 5


@dataclass(frozen=True)
class Pairing:
    """Somebody who looks for something, somebody else who may help, and the words they share."""

    sought: Annonce
    offered: Annonce
    shared: tuple[str, ...]


def pairings(annonces: Iterable[Annonce]) -> list[Pairing]:
    """Who may help whom: an offer of another organisation that has words of what is looked for.

    For each thing sought, the offers that share most words with it; those that share most first,
    then of the same EPCI. A word counts by its first letters, so that a
    plural meets its singular; the page shows the words, for people to judge.
    """
    rows = list(annonces)
    words = {one.pk: _words_of(one.quoi) for one in rows}
    found = [one for sought in rows for one in _best_offers(sought, rows, words)]
    return sorted(found, key=_nearest_first)


def _best_offers(
    sought: Annonce, rows: list[Annonce], words: Mapping[int, dict[str, str]]
) -> list[Pairing]:
    """Offers of others that share most words with what is sought; none where it is no search."""
    if sought.sorte != SorteAnnonce.CHERCHE:
        return []
    own, organisation = words[sought.pk], sought.invite.organisation
    found = [
        Pairing(sought, one, tuple(own[stem] for stem in sorted(own.keys() & words[one.pk].keys())))
        for one in rows
        if one.sorte == SorteAnnonce.AIDE and one.invite.organisation != organisation
    ]
    most = max((len(one.shared) for one in found), default=0)
    return [one for one in found if one.shared and len(one.shared) == most]


def _nearest_first(one: Pairing) -> tuple[int, bool, int, int]:
    near = bool(one.sought.invite.epci) and one.sought.invite.epci == one.offered.invite.epci
    return -len(one.shared), not near, one.sought.pk, one.offered.pk


def _words_of(text: str) -> dict[str, str]:
    """Words that tell something, by their first letters."""
    words = (word for word in re.findall(r"\w+", text) if len(word) >= SHORTEST_WORD)
    plain = ((slugify(word), word.lower()) for word in words)
    return {stem[:STEM]: word for stem, word in plain if stem not in EMPTY_WORDS}
