"""What blocks, for those who have no solution: how far the best of their solutions got."""

from dataclasses import dataclass
from enum import IntEnum


class Stage(IntEnum):
    """The filter that removed a solution, in the order in which solutions are sifted.

    The cause for a home is the furthest stage that any of its solutions reached.
    """

    ZONE = 0
    ALLER = 1
    RETOUR = 2
    JOURS = 3
    PERMIS = 4
    CONDITIONS = 5
    A_VERIFIER = 6
    POSSIBLE = 7
    INCONNU = 8


@dataclass(frozen=True)
class Cause:
    """What is written of a stage: the reason, and who can act on it."""

    label: str
    actors: str


CAUSES = {
    Stage.ZONE: Cause("Aucune ligne ni solution à portée", "EPCI, Région"),
    Stage.ALLER: Cause("Pas d'arrivée avant le poste", "Région, EPCI, employeur"),
    Stage.RETOUR: Cause("Pas de retour après le poste", "Région, EPCI, employeur"),
    Stage.JOURS: Cause("Certains jours seulement", "Région, EPCI, employeur"),
    Stage.PERMIS: Cause("Permis demandé", "la personne, Mission locale, MMS"),
    Stage.CONDITIONS: Cause("Conditions d'accès non remplies", "le service, Département"),
    Stage.A_VERIFIER: Cause(
        "Solution à vérifier : réservation, zone ou conditions", "le service, le conseiller"
    ),
}
