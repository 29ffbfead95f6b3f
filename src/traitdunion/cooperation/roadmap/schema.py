"""The roadmap as JSON: its shape, from which its JSON Schema is published.

The document is built through these models, so that what is given out is what is documented.
`VERSION` grows when a field changes its meaning or goes away.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

VERSION = 1
# A number in JSON: amounts and readings have two decimals at most, which a float holds.
Number = Annotated[Decimal, PlainSerializer(float, return_type=float)]


class Told(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class CommitmentTold(Told):
    """Ce qu'une organisation a promis ; en vigueur seulement une fois confirmé par elle."""

    organisation: str
    quoi: str
    quantite: Number
    unite: str
    pour_le: date
    preuve: str
    etat: str
    """propose, confirme, tenu, partiel, non_tenu ou retire."""
    en_vigueur: bool
    en_retard: bool
    """Calculé au jour demandé, jamais saisi."""


class PartnerTold(Told):
    organisme: str
    college: str
    """Vide où il n'est pas connu."""
    apport: str


class PilotTold(Told):
    nom: str
    role: str
    """pilote ou copilote."""
    organisme: str
    college: str


class BudgetTold(Told):
    annee: int
    unite: str
    """eur ou etp."""
    objet: str
    financeur: str
    prevu: Number | None
    demande: Number | None
    obtenu: Number | None
    reel: Number | None


class ReadingTold(Told):
    releve_le: date
    periode: str
    territoire: str
    """Vide pour tout le territoire."""
    secret: bool
    """Vrai où le relevé compte moins de onze cas, ou le laisserait deviner : sans valeur."""
    valeur: Number | None
    numerateur: int | None
    denominateur: int | None
    inconnus: int | None
    """Cas que la part laisse de côté, faute de réponse ; nul où l'on ne le sait pas."""


class IndicatorTold(Told):
    definition: str
    unite: str
    sens: str
    """hausse : plus c'est haut, mieux c'est ; baisse : l'inverse."""
    source: str
    frequence: str
    compte_des_personnes: bool
    depart: Number | None
    depart_le: date | None
    cible: Number | None
    releves: list[ReadingTold]


class ActionTold(Told):
    id: int
    titre: str
    reference: str
    description: str
    etat: str
    """a_venir, en_cours, realisee ou abandonnee."""
    en_retard: bool
    """Calculé au jour demandé, jamais saisi."""
    debut_le: date | None
    fin_prevue_le: date | None
    fini_le: date | None
    blocage: str
    deblocage: str
    epci: list[str]
    """Vide pour tout le département."""
    pilotes: list[PilotTold]
    partenaires: list[PartnerTold]
    budget: list[BudgetTold]
    indicateurs: list[IndicatorTold]
    engagements: list[CommitmentTold]
    sous_actions: list["ActionTold"]


class AxisTold(Told):
    ordre: int
    titre: str
    question: str
    actions: list[ActionTold]


class SessionTold(Told):
    id: str
    titre: str
    tenue_le: date


class RoadmapTold(Told):
    """La feuille de route d'une séance, telle qu'elle était un jour donné."""

    version: int = Field(default=VERSION)
    seance: SessionTold
    au: date
    demonstration: bool
    axes: list[AxisTold]


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the document, as it is published."""
    return RoadmapTold.model_json_schema(mode="serialization")
