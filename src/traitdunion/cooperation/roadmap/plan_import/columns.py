"""Columns of a plan, recognised by the headings people give them, whatever accents and case."""

import re
from dataclasses import dataclass

from django.utils.text import slugify


@dataclass(frozen=True)
class Column:
    """What a column holds: its label, how the template describes it, and its other names.

    An alias matches a heading that begins with its words.
    """

    label: str
    hint: str
    aliases: tuple[str, ...]


COLUMNS: dict[str, Column] = {
    "axe": Column(
        "Axe", "« Axe 1 », « 1 » ou son titre",
        ("axe", "axes", "axe-strategique", "orientation", "thematique", "theme", "priorite",
         "chantier", "enjeu", "volet"),
    ),
    "reference": Column(
        "Référence", "le numéro de l'action, s'il y en a un",
        ("reference", "ref", "numero", "no", "n", "n-action", "numero-de-laction", "code", "id"),
    ),
    "titre": Column(
        "Action", "ce qu'on fait, en une phrase (obligatoire)",
        ("action", "actions", "intitule", "titre", "libelle", "nom-de-laction", "fiche-action",
         "projet", "mesure"),
    ),
    "etape": Column(
        "Étape", "une partie de l'action, sur sa propre ligne",
        ("etape", "etapes", "sous-action", "sous-actions", "tache", "taches", "jalon", "jalons"),
    ),
    "partie_de": Column("Partie de", "l'action dont celle-ci est une étape", ("partie-de",)),
    "description": Column(
        "Description", "ce que l'action contient",
        ("description", "contenu", "descriptif", "detail", "details", "objectif", "objectifs",
         "modalites", "commentaire", "commentaires"),
    ),
    "pilotes": Column(
        "Pilote", "une personne ou un service ; plusieurs séparés par « ; »",
        ("pilote", "pilotes", "pilotage", "porteur", "porteurs", "responsable", "responsables",
         "referent", "referents", "chef-de-file"),
    ),
    "copilotes": Column("Copilotes", "séparés par « ; »", ("copilote", "copilotes", "co-pilote",
                                                          "co-pilotes", "copilotage")),
    "partenaires": Column(
        "Partenaires", "des organisations, séparées par « ; »",
        ("partenaire", "partenaires", "partenariat", "acteurs", "structures-associees",
         "associes"),
    ),
    "epci": Column(
        "Intercommunalités", "séparées par « ; » ; vide pour tout le département",
        ("intercommunalite", "intercommunalites", "epci", "territoire", "territoires",
         "perimetre", "communaute-de-communes", "secteur"),
    ),
    "debut_le": Column(
        "Début", "15/03/2026, mars 2026, T1 2026…",
        ("debut", "date-de-debut", "date-debut", "demarrage", "lancement", "du", "debute-le",
         "date-de-lancement", "date-de-demarrage", "debut-le"),
    ),
    "fin_prevue_le": Column(
        "Échéance", "31/12/2026, fin 2026, S2 2026…",
        ("fin", "echeance", "echeances", "date-de-fin", "date-fin", "fin-prevue", "au", "delai",
         "date-butoir", "date-limite", "pour-le", "calendrier", "date-echeance",
         "date-decheance"),
    ),
    "etat": Column(
        "État", "à venir, en cours, réalisée, abandonnée",
        ("etat", "statut", "avancement", "etat-davancement", "niveau-davancement", "situation"),
    ),
    "blocage": Column(
        "Ce qui bloque", "",
        ("ce-qui-bloque", "blocage", "blocages", "frein", "freins", "point-de-blocage",
         "points-de-blocage", "difficulte", "difficultes", "obstacle", "obstacles"),
    ),
    "deblocage": Column(
        "Ce qui débloquerait", "",
        ("ce-qui-debloquerait", "deblocage", "levee-du-frein", "solution", "solutions",
         "condition-de-deblocage", "besoin", "besoins"),
    ),
    "budget_eur": Column(
        "Budget (€)", "ce qu'il faut, en euros",
        ("budget", "budget-previsionnel", "cout", "couts", "montant", "budget-previsionnel-eur",
         "cout-estime", "financement", "budget-prevu", "prevu"),
    ),
    "obtenu_eur": Column(
        "Obtenu (€)", "ce qui est déjà accordé, en euros",
        ("obtenu", "budget-obtenu", "accorde", "finance", "budget-accorde", "notifie"),
    ),
    "financeur": Column("Financeur", "", ("financeur", "financeurs", "source-de-financement",
                                         "cofinanceurs")),
    "budget_etp": Column(
        "ETP", "le temps de travail qu'il faut",
        ("etp", "moyens-humains", "temps-de-travail", "budget-etp"),
    ),
    "indicateur": Column(
        "Indicateur", "ce qu'on mesure",
        ("indicateur", "indicateurs", "indicateur-de-resultat", "indicateur-de-suivi",
         "indicateurs-de-suivi", "critere-de-reussite"),
    ),
    "indicateur_unite": Column("Unité", "de l'indicateur", ("unite", "unite-de-mesure")),
    "indicateur_depart": Column(
        "Valeur de départ", "",
        ("valeur-de-depart", "depart", "valeur-initiale", "reference-initiale", "etat-zero", "t0"),
    ),
    "indicateur_cible": Column("Cible", "", ("cible", "valeur-cible", "objectif-chiffre",
                                            "cible-a-atteindre")),
    "indicateur_source": Column("Source", "de l'indicateur", ("source", "source-de-lindicateur",
                                                            "source-des-donnees")),
    "nature": Column("Nature", "", ("nature",)),
}  # fmt: skip
ALIASES = {slugify(alias): field for field, column in COLUMNS.items() for alias in column.aliases}


def recognised(heading: str) -> str | None:
    """Return the field a heading names, by its longest alias; None where no alias fits."""
    slug = slugify(re.sub("['’]", "", re.sub("[°_]", " ", heading)))
    fitting = [alias for alias in ALIASES if slug == alias or slug.startswith(f"{alias}-")]
    return ALIASES[max(fitting, key=len)] if fitting else None
