"""The changes that a scenario may hold: fields of each, who makes it, its cost; those refused."""

from dataclasses import dataclass, field

from ..enums import Acteur, Nature


@dataclass(frozen=True)
class Kind:
    """One kind of change.

    `fields`: what a row must give, `optional` what it may. `nature`: whose cost model prices it,
    None where the row alone can.
    """

    code: str
    label: str
    acteur: Acteur
    fields: tuple[str, ...]
    optional: tuple[str, ...] = ()
    nature: Nature | None = None

    @property
    def takes_points(self) -> bool:
        """Return whether its stops may be points of the map, where no feed has a stop."""
        return "heure" in self.fields or "heures" in self.fields

    @property
    def placed(self) -> str:
        """Return the field that a click on the map fills in, empty for a kind without a place."""
        order = ("arrets", "arret", "commune", "vers")
        return next((name for name in order if name in self.fields), "")

    @property
    def keys(self) -> frozenset[str]:
        """Return the keys a row of this kind may have."""
        return frozenset({"nature", "cout_eur", *self.fields, *self.optional})


KINDS = {
    kind.code: kind
    for kind in (
        Kind("ajouter_course", "ajouter une course", Acteur.REGION, ("arrets", "heures"),
             ("jours",), Nature.AJOUTER_COURSE),
        Kind("deplacer_course", "déplacer une course", Acteur.REGION, ("course", "minutes"),
             nature=Nature.DEPLACER_COURSE),
        Kind("prolonger_course", "prolonger une course", Acteur.REGION,
             ("course", "arrets", "heures")),
        Kind("supprimer_course", "supprimer une course", Acteur.REGION, ("course",),
             nature=Nature.SUPPRIMER_COURSE),
        Kind("ouvrir_arret", "ouvrir un arrêt sur une course", Acteur.REGION,
             ("course", "arret", "heure")),
        Kind("fermer_arret", "fermer un arrêt", Acteur.REGION, ("arret",)),
        Kind("elargir_tad", "élargir les heures d'un transport à la demande", Acteur.EPCI,
             ("course",), ("avant_min", "apres_min")),
        Kind("reduire_preavis", "raccourcir le délai de réservation d'un transport à la demande",
             Acteur.EPCI, ("course", "minutes"), ("demande",), Nature.REDUIRE_PREAVIS),
        Kind("ouvrir_tad", "ouvrir une zone de transport à la demande", Acteur.EPCI,
             ("commune", "rayon_km"), nature=Nature.OUVRIR_TAD),
        Kind("ligne_covoiturage", "ouvrir une ligne de covoiturage", Acteur.EPCI,
             ("arrets", "heures", "toutes_les_min", "jusqu_a"), ("jours",)),
        Kind("decaler_poste", "décaler un poste", Acteur.EMPLOYEUR,
             ("pole", "poste", "minutes"), nature=Nature.DECALER_POSTE),
        Kind("travailler_a_distance", "travailler à distance certains jours", Acteur.EMPLOYEUR,
             ("pole", "poste", "jours"), nature=Nature.TRAVAILLER_A_DISTANCE),
        Kind("preter_vehicule", "prêter des véhicules", Acteur.MMS,
             ("commune", "vehicule", "nombre"), nature=Nature.PRETER_VEHICULE),
        Kind("permis_am", "faire passer le permis AM", Acteur.FRANCE_TRAVAIL,
             ("commune", "nombre"), nature=Nature.PERMIS_AM),
        Kind("permis_b", "faire passer le permis B", Acteur.FRANCE_TRAVAIL,
             ("commune", "nombre"), nature=Nature.PERMIS_B),
        Kind("loger_plus_pres", "loger plus près", Acteur.BAILLEUR, ("de", "vers", "nombre"),
             nature=Nature.LOGER_PLUS_PRES),
        Kind("tout_supprimer", "supprimer toutes les lignes", Acteur.REGION, ()),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Refused:
    """A kind of change that a scenario does not weigh, why, and what to do."""

    code: str
    label: str
    why: str = field(default="")


UNKNOWN_INCOMES = (
    "que le recensement ne donne pas : pesez-le pour une personne, sous sa réponse ou par "
    "traitdunion levers person --facts"
)
REFUSED = {
    row.code: row
    for row in (
        Refused("aire_covoiturage", "ouvrir une aire de covoiturage",
                "une aire seule n'ouvre aucun trajet : placez-la sur une ligne de covoiturage "
                "(ligne_covoiturage), dont elle est un passage"),
        Refused("relever_plafond", "relever le seuil d'une aide",
                f"un seuil s'ouvre selon les ressources de chacun, {UNKNOWN_INCOMES} ; comparez "
                "ici ce que l'aide paierait, le prêt (preter_vehicule) ou le permis (permis_b)"),
        Refused("montant_aide", "relever le montant d'une aide",
                f"ce qui reste à vivre dépend des ressources de chacun, {UNKNOWN_INCOMES} ; "
                "comparez ici ce que l'aide paierait, par exemple le prêt (preter_vehicule)"),
    )
}  # fmt: skip
