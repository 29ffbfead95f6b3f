"""Solutions that may not be had together, as the entries of the catalogue state.

What either of two entries excludes is excluded.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property

from traitdunion import rules

from ..offers import Offer


class Cumulation:
    """Which offers exclude which, with the entry that states so; an offer's `exclues` are keys."""

    def __init__(self, offers: Iterable[Offer]) -> None:
        self.offers = {str(offer.id): offer for offer in offers}
        self._told_by: dict[frozenset[str], Offer] = {}
        self._rivals: dict[str, dict[str, None]] = {}
        for key, offer in self.offers.items():
            for other in offer.exclues:
                if other in self.offers:
                    self._told_by.setdefault(frozenset({key, other}), offer)
                    self._rivals.setdefault(key, {})[other] = None
                    self._rivals.setdefault(other, {})[key] = None

    def source(self, offer: Offer, other: Offer) -> rules.Source | None:
        """Return what states that two offers exclude one another; None where nothing does."""
        told_by = self._told_by.get(frozenset({str(offer.id), str(other.id)}))
        return None if told_by is None else source_of(told_by)

    def goes_with_all(self, offer: Offer, others: Iterable[Offer]) -> bool:
        """Return True where nothing states that an offer excludes one of the others."""
        return all(self.source(offer, other) is None for other in others)

    def against(self, offer: Offer) -> list[tuple[Offer, rules.Source]]:
        """Return the offers that one excludes, or that exclude it."""
        others = self.named(self._rivals.get(str(offer.id), ()))
        sources = [(other, self.source(offer, other)) for other in others]
        return [(other, source) for other, source in sources if source is not None]

    def named_against(self, offer: Offer) -> list[tuple[str, str, str]]:
        """Return the same by name, with the title and the address of what states it."""
        return [(other.nom, source.titre, source.url) for other, source in self.against(offer)]

    def named(self, keys: Iterable[str]) -> list[Offer]:
        """Return the offers by their keys, those unknown left out."""
        return [self.offers[key] for key in keys if key in self.offers]

    def between(self, aids: Collection[str]) -> dict[frozenset[str], rules.Source]:
        """Return the pairs of these aids that no two offers allow together, with their source."""
        by_rule = self.by_rule
        contested = {
            offer.regle for pair in self._told_by for offer in self.named(pair)
        }.intersection(aids)
        pairs = {}
        for first in sorted(contested):
            for second in sorted(contested):
                if first < second and (source := self._always(by_rule[first], by_rule[second])):
                    pairs[frozenset({first, second})] = source
        return pairs

    @cached_property
    def by_rule(self) -> Mapping[str, list[Offer]]:
        """Return the offers that give each aid."""
        givers: dict[str, list[Offer]] = {}
        for offer in self.offers.values():
            if offer.regle:
                givers.setdefault(offer.regle, []).append(offer)
        return givers

    def _always(self, ones: Sequence[Offer], others: Sequence[Offer]) -> rules.Source | None:
        """Return what states that every one excludes every other.

        None where two may be had together.
        """
        sources = [self.source(offer, other) for offer in ones for other in others]
        return sources[0] if sources and all(sources) else None


def source_of(offer: Offer) -> rules.Source:
    """Return the entry of an offer, as what vouches for what it excludes."""
    citation = offer.source_citation
    entry = f"fiche « {offer.nom} »"
    return rules.Source(
        id=str(offer.id),
        titre=f"{entry} : « {citation} »" if citation else entry,
        url=offer.source_url,
        lu_le=offer.verifie_le,
        confiance="B",
    )


def excludes_text(name: str, other_name: str, source: rules.Source) -> str:
    """Return why two are not had together, in French."""
    return f"« {name} » ne se cumule pas avec « {other_name} » ({source.titre})."
