"""How votes are shared between the members of a committee (code du travail, R5311-38 and -39)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from .rules import rule_named, value_of

ETAT_ET_COLLECTIVITES = "voix_de_l_etat_sur_voix_des_collectivites"


class TiedAverages(ValueError):
    """Two organisations have the same average for the last vote; the text does not decide."""


@dataclass(frozen=True)
class BrokenRule:
    """A rule that a distribution of votes does not keep: `message` in French."""

    article: str
    message: str


def highest_averages(shares: Mapping[str, Fraction], n_votes: int) -> dict[str, int]:
    """Return votes of each, by proportional representation with the highest averages (D'Hondt).

    Raises TiedAverages where the last votes could go to more organisations than there are votes.
    """
    votes = dict.fromkeys(shares, 0)
    left = n_votes
    while left:
        averages = {name: Fraction(share) / (votes[name] + 1) for name, share in shares.items()}
        best = max(averages.values())
        winners = [name for name, average in averages.items() if average == best]
        if len(winners) > left:
            raise TiedAverages(
                f"{', '.join(winners)} ont la même moyenne ; voix à donner : {left}. Le texte "
                "(R5311-38) ne départage pas : l'arrêté du préfet doit le dire."
            )
        for name in winners:
            votes[name] += 1
        left -= len(winners)
    return votes


def employers_shares(
    firms: Mapping[str, Fraction], employees: Mapping[str, Fraction], *, on: date
) -> dict[str, Fraction]:
    """Weight of each employers' organisation, from its shares of firms and of their employees."""
    of_firms, of_employees = (
        value_of(name, on=on) for name in ("part_des_entreprises", "part_des_salaries")
    )
    return {name: of_firms * firms[name] + of_employees * employees[name] for name in firms}


@dataclass(frozen=True)
class CdpeVotes:
    """Votes of the members of a departmental committee, without those of its presidents."""

    etat: int
    region: int
    departement: int
    communes: int
    syndicats: int
    employeurs: int

    @property
    def collectivites(self) -> int:
        return self.region + self.departement + self.communes

    def broken(self, *, on: date) -> list[BrokenRule]:
        """Return rules of R5311-38 that these votes do not keep, all of them."""
        partners = self.syndicats + self.employeurs
        rules = [
            _unequal(ETAT_ET_COLLECTIVITES, self.etat, self.collectivites, on),
            _unequal("voix_de_l_etat_sur_voix_des_partenaires_sociaux", self.etat, partners, on),
            _unequal(
                "voix_des_syndicats_sur_voix_des_employeurs", self.syndicats, self.employeurs, on
            ),
            _too_few("part_du_departement", self.departement, self.collectivites, on),
        ]
        return [rule for rule in rules if rule is not None]


@dataclass(frozen=True)
class CleVotes:
    """Votes of the members of a local committee, without those of its presidents."""

    etat: int
    region: int
    departement: int
    epci: int
    communes: int

    @property
    def collectivites(self) -> int:
        return self.region + self.departement + self.epci + self.communes

    def broken(self, *, on: date) -> list[BrokenRule]:
        """Return rules of R5311-39 that these votes do not keep, all of them."""
        wide, near = self.region + self.departement, self.epci + self.communes
        rules = [
            _unequal(ETAT_ET_COLLECTIVITES, self.etat, self.collectivites, on),
            _too_few("voix_du_bloc_local", near, wide, on),
        ]
        local = [rule for rule in rules if rule is not None]
        return [
            BrokenRule(rule.article.replace("R5311-38, 1°", "R5311-39, 1°"), rule.message)
            for rule in local
        ]


def _unequal(name: str, voices: int, other: int, on: date) -> BrokenRule | None:
    rule = rule_named(name, on=on)
    awaited = value_of(name, on=on) * other
    if voices == awaited:
        return None
    return BrokenRule(rule.article, f"{rule.nom} : {voices} voix, il en faut {awaited}.")


def _too_few(name: str, voices: int, other: int, on: date) -> BrokenRule | None:
    rule = rule_named(name, on=on)
    least = value_of(name, on=on) * other
    if voices >= least:
        return None
    return BrokenRule(rule.article, f"{rule.nom} : {voices} voix, il en faut au moins {least}.")
