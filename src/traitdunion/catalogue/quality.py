"""How good an entry is: the ten criteria of data·inclusion, then ours, each with what to do.

The criteria of data·inclusion are those of `data-inclusion-schema`; only the one about freshness is
reckoned here, for the day given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import cached_property

from . import opening_hours
from .exchange.inclusion_export import exported
from .models import Solution
from .vocabulary import BOOKED, DRAWN, LENDS, PAID_BY_USE

SIX_MONTHS_D, TWO_YEARS_D = 182.625, 730.5

ADVICE = {
    "adresse_bien_definie": ("L'adresse", "Donnez l'adresse où l'on se présente."),
    "modes_mobilisation_bien_definis": (
        "La manière de demander",
        "Dites comment la demander, et qui peut le faire.",
    ),
    "au_moins_un_public": ("Les publics", "Cochez au moins un public."),
    "au_moins_une_thematique": ("La thématique", "Cochez au moins une thématique."),
    "au_moins_un_moyen_de_contact": ("Un contact", "Donnez un téléphone, un courriel ou un lien."),
    "courriel_bien_defini": ("Le courriel", "La demande se fait par courriel : donnez-le."),
    "date_maj_recente": ("La fraîcheur", "Vérifiez la fiche, puis confirmez-la."),
    "frais_bien_definis": ("Les frais", "Donnez un prix, ou dites que c'est gratuit."),
    "description_bien_definie": ("La description", "Écrivez entre 200 et 2 000 caractères."),
    "telephone_bien_defini": ("Le téléphone", "La demande se fait par téléphone : donnez-le."),
}


@dataclass(frozen=True)
class Criterion:
    """One thing looked at: 0 to 1; `advice` is how to do better."""

    name: str
    label: str
    share: float
    advice: str
    ours: bool = False


@dataclass(frozen=True)
class Quality:
    """Criteria that apply to an entry."""

    criteria: Sequence[Criterion]

    @cached_property
    def inclusion_share(self) -> float:
        """Score of data·inclusion: the mean of its criteria."""
        return _mean([criterion.share for criterion in self.criteria if not criterion.ours])

    @cached_property
    def our_share(self) -> float:
        return _mean([criterion.share for criterion in self.criteria if criterion.ours])

    @property
    def percent(self) -> int:
        return round(100 * self.inclusion_share)

    @property
    def our_percent(self) -> int:
        return round(100 * self.our_share)

    @property
    def failing(self) -> list[Criterion]:
        """Return the criteria not fully met, the worst first; a mean hides a missing contact."""
        return sorted(
            (criterion for criterion in self.criteria if criterion.share < 1),
            key=lambda criterion: criterion.share,
        )


def _mean(shares: Sequence[float]) -> float:
    return round(sum(shares) / len(shares), 2) if shares else 0.0


def quality_of(solution: Solution, *, on: date) -> Quality:
    """Return the criteria of an entry on a day."""
    return Quality([*_of_inclusion(solution, on), *_ours(solution, on)])


def _of_inclusion(solution: Solution, on: date) -> list[Criterion]:
    from data_inclusion.schema.v1 import Service
    from data_inclusion.schema.v1.score_qualite import CRITERES

    try:
        record = exported(solution).record
    except ValueError:
        return [_criterion("date_maj_recente", 0.0)]
    # The schema refuses a date to come, by the clock of the machine: ours is judged below.
    service = Service.model_construct(**_blank(Service) | record)
    criteria = []
    for function in CRITERES:
        name = function.__name__
        if name == "date_maj_recente":
            exempt = record["source"] in ("agefiph", "france-travail")
            share = None if exempt else freshness_share(date.fromisoformat(record["date_maj"]), on)
        else:
            share = function(service)
        if share is not None:
            criteria.append(_criterion(name, round(share, 2)))
    return criteria


def _blank(schema: type) -> dict[str, None]:
    return dict.fromkeys(schema.model_fields)  # type: ignore[attr-defined]


def freshness_share(updated_on: date, on: date) -> float:
    """Return 1 up to six months, then down in a line to 0 at two years."""
    age_d = (on - updated_on).days
    share = (TWO_YEARS_D - age_d) / (TWO_YEARS_D - SIX_MONTHS_D)
    return min(1.0, max(0.0, share))


def _criterion(name: str, share: float) -> Criterion:
    label, advice = ADVICE[name]
    return Criterion(name, label, share, advice)


def _ours(solution: Solution, on: date) -> list[Criterion]:
    kind = solution.type_solution
    area = bool(solution.zone_libre or solution.zones.all())
    links = list(solution.liens.all())
    criteria = [
        ("zone", "La zone", area, "Donnez les communes, ou dites que le lieu ne compte pas."),
        (
            "conditions",
            "Les conditions d'accès",
            bool(solution.conditions_acces or solution.pieces.all()),
            "Écrivez les conditions, ou « Aucune ».",
        ),
        (
            "source",
            "La source",
            bool(solution.source_url or solution.source_citation),
            "Dites d'où vient ce qui est écrit.",
        ),
        (
            "delai",
            "Le délai",
            solution.delai_jours is not None,
            "Dites combien de jours séparent la demande du premier usage.",
        ),
        (
            "liens",
            "Les liens",
            all(link.works for link in links),
            "Corrigez ou retirez le lien qui ne répond plus.",
        ),
    ]
    texts = [solution.horaires_accueil, solution.horaires_service,
             *(day.horaires for day in solution.exceptions.all())]  # fmt: skip
    if unread := [text for text in texts if text and not opening_hours.is_readable(text)]:
        advice = f"Réécrivez « {unread[0]} », que le site ne sait pas lire : {opening_hours.ADVICE}"
        criteria.append(("heures-lisibles", "Les horaires", False, advice))
    if kind in PAID_BY_USE:
        priced = bool(solution.tranches.all()) or any(
            getattr(solution, name) is not None
            for name in ("par_trajet_eur", "par_jour_eur", "par_semaine_eur", "par_mois_eur",
                         "par_km_eur", "par_heure_eur", "forfait_eur")
        )  # fmt: skip
        criteria.append(("prix", "Le prix en nombre", priced, "Donnez le prix dans son champ."))
    if kind in DRAWN:
        drawn = bool(solution.zones_service.all())
        criteria.append(("contour", "La zone dessinée", drawn, "Dessinez ou importez le contour."))
    if kind in BOOKED - LENDS:
        hours = bool(solution.horaires_service and solution.booking_type)
        advice = "Donnez les heures du service et le préavis."
        criteria.append(("horaires", "Les heures et le préavis", hours, advice))
    if kind in LENDS:
        stock = solution.capacite_disponibles is not None and bool(solution.capacite_maj_le)
        criteria.append(("places", "Les véhicules disponibles", stock, "Dites combien, et quand."))
    return [
        Criterion(name, label, float(met), advice, ours=True)
        for name, label, met, advice in criteria
    ]
