"""N13: what national surveys found, to place the figures of a territory; nothing is computed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Survey:
    """A published figure: what it says, of whom, who published it and when."""

    share: str
    what: str
    source: str
    url: str


LMI = "Laboratoire de la mobilité inclusive, Elabe, sondage de décembre 2016"
LMI_URL = "https://mobiliteinclusive.com/enquete-mobilite-emploi"
SURVEYS = (
    Survey("23 %", "des Français ont déjà renoncé à un travail ou à une formation, faute de moyen "
           "pour s'y rendre", LMI, LMI_URL),
    Survey("54 %", "de ceux dont le foyer a moins de 1 000 € par mois", LMI, LMI_URL),
    Survey("46 %", "des 18-24 ans", LMI, LMI_URL),
    Survey("19 %", "des Français ont déjà renoncé à un entretien d'embauche, ou à se rendre dans "
           "une structure d'aide à la recherche d'emploi", LMI, LMI_URL),
)  # fmt: skip
