"""The indicators: what each one counts, in which unit, and the files it needs."""

from dataclasses import dataclass
from enum import StrEnum

from .enums import Source


class Kind(StrEnum):
    """Where a figure comes from, and so how it is shown.

    COMPTE: files, searches, answers; under 11 hidden, subtraction included. MODELE: published
    tables × computation; rounded to 10, « estimation », the publisher's secrecy inherited. OBJET:
    things, not people (entries, communes): shown as they are.
    """

    COMPTE = "compte"
    MODELE = "modele"
    OBJET = "objet"


class Unite(StrEnum):
    """Units of indicators: a share lies in 0–1."""

    PART = "part"
    NOMBRE = "nombre"
    MINUTES = "minutes"
    EUROS = "euros"
    INDICE = "indice"
    JOURS = "jours"


@dataclass(frozen=True)
class Definition:
    """One indicator.

    `needs`: files without which it is « non renseigné »; `by_shift`: there is one for each shift;
    `by_profile`: and for each profile. `awaits`: what no importer reads yet (`setting_up.AWAITED`).
    """

    code: str
    nom: str
    definition: str
    unite: Unite
    kind: Kind = Kind.MODELE
    needs: tuple[Source, ...] = ()
    by_shift: bool = True
    source: str = ""
    by_profile: bool = True
    awaits: tuple[str, ...] = ()


JOBS = (Source.RECENSEMENT,)
HOURS_UNKNOWN = (
    "Les emplois par heure n'existent dans aucune donnée publiée : emplois de la commune, "
    "si l'on y travaillait à ces heures."
)
DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        "W1", "Part des habitants ayant au moins une solution",
        "Au moins une solution certaine, aller et retour, chaque jour demandé, vers l'un de ses "
        "trois pôles d'emploi.", Unite.PART,
    ),
    Definition(
        "W1_LARGE", "La même part, solutions à vérifier comprises",
        "Solutions certaines, ou qu'il reste à vérifier : conditions d'accès, réservation, zone. "
        "Celles qu'un permis manquant ferme n'y sont pas.", Unite.PART,
    ),
    Definition(
        "W2", "Part des habitants en zone blanche",
        "Communes où moins de 25 % des habitants ont une solution certaine.", Unite.PART,
    ),
    Definition(
        "W1_DEUX", "Part des habitants ayant deux solutions ou plus", "Solutions certaines.",
        Unite.PART,
    ),
    Definition("W2_COMMUNES", "Communes en zone blanche", "Nombre de ces communes.", Unite.NOMBRE),
    Definition(
        "W3", "Part des habitants à qui il manque une condition",
        "Aucune solution certaine, mais une qui tiendrait tous les jours avec un permis, une "
        "prescription, un accord, ou une fois vérifiée.", Unite.PART,
    ),
    Definition(
        "W4", "Part des habitants n'ayant qu'une seule solution",
        "Zone grise : cette solution perdue, il n'en reste aucune.", Unite.PART,
    ),
    Definition(
        "W5", "Coût d'un mois de la solution prêtée la moins chère",
        "Moyenne, parmi ceux qui ont une solution certaine dont le prix est connu, avant aides ; "
        "les lignes régulières ne sont pas comptées ici.", Unite.EUROS,
    ),
    Definition(
        "W5_PART", "Ce que ce mois prend sur le niveau de vie médian de la commune",
        "Le même coût, sur un mois du niveau de vie médian. Pour situer : l'Insee nomme vulnérable "
        "un ménage dont le carburant prend plus de 4,5 % du revenu.", Unite.PART, needs=JOBS,
        source="Insee Première 1530, 2015",
    ),
    Definition(
        "W7", "Durée des trajets d'une journée",
        "Aller et retour vers le plus proche des pôles où l'on peut aller, hors de sa commune.",
        Unite.MINUTES,
    ),
    Definition(
        "W7_2H", "Part des personnes desservies qui y passent plus de deux heures",
        "Parmi ceux qui ont une solution certaine.", Unite.PART,
    ),
    Definition(
        "W9", "Coût d'un mois de ce qui manque",
        "Parmi ceux qui n'ont aucune solution certaine : le mois le moins cher d'une solution qui "
        "tiendrait tous les jours si elle leur était ouverte, avant aides.", Unite.EUROS,
    ),
    Definition(
        "W6", "Reste à vivre d'un mois, trajets payés",
        "Revenus du ménage avec l'emploi, moins charges fixes, moins le mois de la solution prêtée "
        "la moins chère ; d'après le budget type du profil, parmi ceux dont le prix est connu.",
        Unite.EUROS, awaits=("budgets",),
    ),
    Definition(
        "W6_PLANCHER", "Part des personnes à qui il reste moins que le plancher",
        "Plancher par jour et par personne, choisi par le département avec le budget type.",
        Unite.PART, awaits=("planchers",),
    ),
    Definition(
        "W8", "Gain net d'un mois à prendre l'emploi",
        "Revenus avec l'emploi, moins revenus sans, moins garde d'enfants, moins le même mois de "
        "trajets.", Unite.EUROS, awaits=("budgets",),
    ),
    Definition(
        "W8_PERTE", "Part des personnes qui perdraient à prendre l'emploi",
        "Celles dont le gain net d'un mois est négatif.", Unite.PART, awaits=("budgets",),
    ),
    Definition(
        "A9_JOURS", "Jours tenus, pour un jour demandé",
        "Vers le pôle où l'on tient le plus de jours, solutions certaines ; moyenne des habitants.",
        Unite.PART, source="Conveyal R5",
    ),
    Definition(
        "A9_MINUTES", "Minutes de plus quand on part au mauvais moment",
        "90ᵉ moins 50ᵉ centile de la durée jusqu'au pôle le plus proche, de cinq en cinq minutes "
        "dans les deux heures avant le poste, lignes et marche. Non renseigné si plus d'un départ "
        "sur dix ne mène nulle part.", Unite.MINUTES, source="Conveyal R5",
    ),
    Definition(
        "A5", "Emplois tenables, pondérés par la distance",
        "Chaque emploi tenable compte exp(−β × km). β vient d'un modèle gravitaire doublement "
        "contraint, calé sur les déplacements domicile-travail d'ici : il ne vaut pas ailleurs. "
        + HOURS_UNKNOWN, Unite.NOMBRE, needs=(Source.RECENSEMENT, Source.FLUX),
        source="Wilson 1971",
    ),
    Definition(
        "A7", "Emplois tenables en déposant un enfant",
        "Chaîne domicile, garde, travail, aux heures d'ouverture.", Unite.NOMBRE,
        source="Kwan 1998", awaits=("garde",),
    ),
    Definition(
        "A8", "Part des postes des employeurs tenables sans voiture",
        "À 60 minutes au plus, aller et retour, chaque jour et aux heures du poste : équipes des "
        "fiches d'employeurs dont l'effectif est donné. Les offres publiées n'ont pas d'heures.",
        Unite.PART, by_shift=False, source="fiches d'employeurs", awaits=("postes",),
    ),
    Definition(
        "E5", "Écart de solutions avec le profil sans permis",
        "W1 du profil moins W1 du profil sans permis, en part d'habitants.", Unite.PART,
        source="Allen & Farber 2019",
    ),
    Definition(
        "A1_30", "Emplois à 30 minutes au plus", "Sans attendre le retour. " + HOURS_UNKNOWN,
        Unite.NOMBRE, needs=JOBS, source="Owen & Murphy 2020",
    ),
    Definition(
        "A1_45", "Emplois à 45 minutes au plus", "Sans attendre le retour. " + HOURS_UNKNOWN,
        Unite.NOMBRE, needs=JOBS, source="Owen & Murphy 2020",
    ),
    Definition(
        "A1_60", "Emplois à 60 minutes au plus", "Sans attendre le retour. " + HOURS_UNKNOWN,
        Unite.NOMBRE, needs=JOBS, source="Owen & Murphy 2020",
    ),
    Definition(
        "A2_60", "Emplois tenables à 60 minutes, aller et retour",
        "Aller et retour chaque jour demandé. " + HOURS_UNKNOWN, Unite.NOMBRE, needs=JOBS,
        source="Palm, Allen & Farber 2023",
    ),
    Definition(
        "A3_60", "Emplois à 60 minutes, pour un en voiture",
        "Rapport des emplois atteints à ceux atteints avec une voiture.", Unite.INDICE, needs=JOBS,
        source="Owen & Murphy 2020",
    ),
    *(
        Definition(
            f"A4_{k}", f"Durée pour atteindre {k} emploi{'s' if k > 1 else ''}",
            "Aller, sur un poste tenable ; moyenne de ceux qui les atteignent. " + HOURS_UNKNOWN,
            Unite.MINUTES, needs=JOBS, source="Cui & Levinson 2020",
        )
        for k in (1, 100, 1000)
    ),
    Definition(
        "A6", "Emplois par habitant, concurrence comprise",
        "Deux étapes de bassin flottant, à 60 minutes, profil sans permis. " + HOURS_UNKNOWN,
        Unite.INDICE, needs=JOBS, source="Luo & Wang 2003 ; Soukhov et al. 2023",
    ),
    Definition(
        "E1", "Rapport de Palma de l'accès aux emplois",
        "Accès moyen des 10 % les plus aisés sur celui des 40 % les plus modestes (A2_60).",
        Unite.INDICE, needs=JOBS, source="IPEA, accessibility",
    ),
    Definition(
        "E2", "Indice de concentration d'Erreygers",
        "De −1 à 1, positif si l'accès va aux plus aisés ; bornes : 0 et tous les emplois.",
        Unite.INDICE, needs=JOBS, source="Erreygers 2009",
    ),
    Definition("E3_GINI", "Indice de Gini de l'accès", "A2_60, entre habitants.", Unite.INDICE,
               needs=JOBS, source="Gini 1912"),
    Definition(
        "E3_THEIL", "Indice de Theil de l'accès", "A2_60 ; se décompose entre et dans les EPCI.",
        Unite.INDICE, needs=JOBS, source="Theil 1967",
    ),
    Definition(
        "E3_THEIL_ENTRE", "Part de l'indice de Theil qui sépare les EPCI",
        "Inégalité entre EPCI ; le reste est dans chaque EPCI.", Unite.INDICE, needs=JOBS,
        source="Theil 1967",
    ),
    *(
        Definition(
            f"E4_{alpha}", nom, "Ligne : 1 000 emplois tenables à 60 minutes.", Unite.PART,
            needs=JOBS, source="Foster, Greer & Thorbecke 1984",
        )
        for alpha, nom in enumerate(
            ("Part des habitants sous 1 000 emplois", "Écart moyen à 1 000 emplois",
             "Sévérité de l'écart à 1 000 emplois")
        )
    ),
    Definition(
        "S1", "Fiches du catalogue qui desservent le territoire",
        "Fiches publiées, valides cette semaine, dont la zone connue en touche une commune.",
        Unite.NOMBRE, Kind.OBJET, by_shift=False,
    ),
    Definition(
        "S2", "Qualité des fiches", "Score data·inclusion, de 0 à 1 : moyenne de ces fiches.",
        Unite.INDICE, Kind.OBJET, by_shift=False, source="data·inclusion, score_qualite",
    ),
    Definition(
        "S2_MANQUE", "Part des fiches à qui il manque un critère de qualité",
        "Au moins un des critères data·inclusion n'est pas entièrement rempli.", Unite.PART,
        Kind.OBJET, by_shift=False, source="data·inclusion, score_qualite",
    ),
    Definition(
        "S3", "Part des fiches vérifiées depuis moins de six mois",
        "Parmi ces fiches ; sans date, une fiche n'est pas vérifiée.", Unite.PART, Kind.OBJET,
        by_shift=False,
    ),
    Definition(
        "S3_AGE", "Âge médian de la vérification des fiches", "Parmi celles qui ont une date.",
        Unite.JOURS, Kind.OBJET, by_shift=False,
    ),
    Definition(
        "S4", "Part des habitants près d'un arrêt desservi",
        "À dix minutes à pied d'un arrêt ayant un départ dans les deux heures avant le poste et "
        "une arrivée dans les deux heures après, chaque jour demandé.", Unite.PART,
        by_profile=False, source="GOAT, ÖV-Güteklassen",
    ),
    Definition(
        "S5", "Part des habitants dans une zone à la demande",
        "Dans la zone connue d'un transport à la demande du catalogue, qui roule à l'arrivée et au "
        "départ du poste chaque jour demandé ; sans heures connues, un service ne compte pas.",
        Unite.PART, by_profile=False,
    ),
    Definition(
        "S6", "Véhicules à prêter pour 1\u00a0000 chômeurs",
        "Disponibles selon les fiches qui le disent ; chômeurs au sens du recensement.",
        Unite.INDICE, needs=JOBS, by_shift=False,
    ),
    Definition(
        "S7", "Aires de covoiturage pour 10\u00a0000 habitants",
        "Lieux ouverts de la base nationale des lieux de covoiturage.", Unite.INDICE,
        Kind.OBJET, by_shift=False, source="transport.data.gouv.fr, BNLC", awaits=("bnlc",),
    ),
    Definition(
        "S7_KM", "Kilomètres jusqu'à l'aire de covoiturage la plus proche",
        "À vol d'oiseau, moyenne des habitants.", Unite.INDICE, Kind.OBJET, by_shift=False,
        source="transport.data.gouv.fr, BNLC", awaits=("bnlc",),
    ),
    Definition(
        "S8", "Trajets de covoiturage par mois",
        "Au départ du territoire, un par passager ; le registre ne publie pas ceux que moins de "
        "six personnes ont en commun.", Unite.NOMBRE, needs=(Source.COVOITURAGE,), by_shift=False,
        source="Registre de preuve de covoiturage",
    ),
    Definition(
        "S8_AIDES", "Part des trajets de covoiturage aidés", "Parmi ces trajets, ceux qu'une "
        "incitation a payés en partie.", Unite.PART, needs=(Source.COVOITURAGE,), by_shift=False,
        source="Registre de preuve de covoiturage",
    ),
    Definition(
        "S9", "Ménages sans voiture", "Part des ménages sans voiture.", Unite.PART,
        needs=(Source.EQUIPEMENT,), by_shift=False, source="Insee, recensement",
    ),
)  # fmt: skip
DEFINITIONS += tuple(
    Definition(code, nom, definition, unite, Kind.COMPTE, by_shift=False, awaits=awaits)
    for code, nom, definition, unite, awaits in (
        ("N5", "Du besoin à l'emploi", "Orientations d'un trimestre : acceptées, commencées, "
         "encore servies et en emploi à trois mois. Page Statistiques.", Unite.NOMBRE, ()),
        ("N6", "Délai de réponse aux orientations", "Médiane et neuvième décile, en jours. Page "
         "Statistiques.", Unite.JOURS, ()),
        ("N7", "Motifs de refus", "Refus d'un trimestre, par motif. Page Statistiques.",
         Unite.NOMBRE, ()),
        ("N8", "Rendez-vous manqués", "Et honorés, d'un trimestre. Page Statistiques.",
         Unite.NOMBRE, ()),
        ("N9", "Liste d'attente", "Orientations d'un trimestre encore sur une liste d'attente, "
         "toutes solutions ensemble. Page Statistiques.", Unite.NOMBRE, ()),
        ("N10", "Non-recours", "Part des solutions possibles jamais demandées, et pourquoi.",
         Unite.PART, ("raisons",)),
        ("N11", "Issue", "Encore servi, puis en emploi, trois mois après le début. Page "
         "Statistiques.", Unite.NOMBRE, ()),
        ("N12", "Satisfaction", "Note de un à cinq.", Unite.INDICE, ("satisfaction",)),
        ("N13", "Renoncement à un emploi faute de mobilité", "Enquêtes nationales, pour situer. "
         "Page Statistiques.", Unite.PART, ()),
    )
)  # fmt: skip
BY_CODE = {definition.code: definition for definition in DEFINITIONS}
POVERTY_JOBS = 1000
WHITE_BELOW = 0.25
LONG_DAY_MIN = 120
