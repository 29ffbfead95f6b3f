"""One treatment of the register of processing, and its periods in French."""

from dataclasses import dataclass
from datetime import timedelta

NO_PERIOD = "aucune durée n'est appliquée par le logiciel : à fixer par le responsable (à vérifier)"


@dataclass(frozen=True, slots=True)
class Treatment:
    """One treatment of the register, in French; `models` are the labels of the tables it uses."""

    titre: str
    finalites: str
    base_legale: str
    personnes: str
    donnees: str
    destinataires: str
    durees: tuple[str, ...]
    securite: str
    models: tuple[str, ...]


def days(period: timedelta) -> str:
    """Return a period in French."""
    return f"{period.days} jours"
