"""Pair what organisations look for with what others offer, by shared words."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.text import slugify

from ..enums import SorteAnnonce
from ..models import Annonce

# Words that do not describe what is offered or looked for.
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
    """A search, an offer of another organisation that may help, and the words they share."""

    sought: Annonce
    offered: Annonce
    shared: tuple[str, ...]


def pairings(annonces: Iterable[Annonce]) -> list[Pairing]:
    """Return pairs: an offer of another organisation that has words of what is looked for.

    For each thing sought, the offers that share most words with it; those that share most first,
    then of the same EPCI. A word counts by its first letters, so that a
    plural meets its singular; the page shows the words, for people to judge.
    """
    rows = list(annonces)
    words = {row.pk: _words_of(row.quoi) for row in rows}
    pairs = [best_offer for sought in rows for best_offer in _best_offers(sought, rows, words)]
    return sorted(pairs, key=_nearest_first)


def _best_offers(
    sought: Annonce, rows: list[Annonce], words: Mapping[int, dict[str, str]]
) -> list[Pairing]:
    """Return offers of others that share most words with a search; none where it is no search."""
    if sought.sorte != SorteAnnonce.CHERCHE:
        return []
    own, organisation = words[sought.pk], sought.invite.organisation
    pairs = [
        Pairing(sought, row, tuple(own[stem] for stem in sorted(own.keys() & words[row.pk].keys())))
        for row in rows
        if row.sorte == SorteAnnonce.AIDE and row.invite.organisation != organisation
    ]
    most = max((len(pair.shared) for pair in pairs), default=0)
    return [pair for pair in pairs if pair.shared and len(pair.shared) == most]


def _nearest_first(pairing: Pairing) -> tuple[int, bool, int, int]:
    near = (
        bool(pairing.sought.invite.epci)
        and pairing.sought.invite.epci == pairing.offered.invite.epci
    )
    return -len(pairing.shared), not near, pairing.sought.pk, pairing.offered.pk


def _words_of(text: str) -> dict[str, str]:
    """Return the significant words, by their first letters."""
    words = (word for word in re.findall(r"\w+", text) if len(word) >= SHORTEST_WORD)
    plain = ((slugify(word), word.lower()) for word in words)
    return {stem[:STEM]: word for stem, word in plain if stem not in EMPTY_WORDS}
