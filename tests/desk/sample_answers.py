"""A whole answer written by hand: Langeac to Le Puy-en-Velay, four ways and three left aside."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from traitdunion.matching.alternatives import with_awards
from traitdunion.matching.answer import Alternative, Answer, DayPlan, Option, Step, Verdict
from traitdunion.matching.eligibility.aids import Eligibility, Rough
from traitdunion.matching.eligibility.facts import with_known_facts
from traitdunion.matching.feasibility.week_held import WeekHeld
from traitdunion.matching.situation import Permis, Place, Situation, Vehicule

MONDAY = date(2026, 11, 23)
COVERS = (date(2026, 11, 2), date(2026, 12, 18))
NOW = datetime(2026, 11, 24, 10, 30, tzinfo=ZoneInfo("Europe/Paris"))

HELD = (True, True, False, None)
"""Weeks of the sample: kept, kept, not kept on some day, not known."""

LANGEAC = (45.1003, 3.4953)
GARE_LANGEAC = (45.1036, 3.4996)
SAINT_GEORGES = (45.1275, 3.6150)
GARE_LE_PUY = (45.0432, 3.8930)
LE_PUY = (45.0433, 3.8850)
ENTREPRISE = (45.0380, 3.8760)


PLACES = frozenset({"commune:43112", "epci:200073393", "departement:43", "region:84"})


@dataclass(frozen=True)
class SampleShift:
    """The fields of a shift that the desk reads."""

    days: frozenset[int]
    start_s: int
    end_s: int
    periods: tuple[tuple[int, int], ...] = ()
    margin_before_s: int = 600
    margin_after_s: int = 300


@dataclass(frozen=True)
class SampleCommune:
    """The fields of a commune that the desk reads."""

    code_insee: str
    nom: str
    lat: float
    lon: float


COMMUNES = (
    SampleCommune("43112", "Langeac", *LANGEAC),
    SampleCommune("43157", "Le Puy-en-Velay", *LE_PUY),
    SampleCommune("43111", "Landos", 44.848, 3.834),
    SampleCommune("43113", "Langeac-le-Vieux", 45.11, 3.5),
    SampleCommune("43213", "Saint-Julien", 45.3, 3.9),
    SampleCommune("42236", "Saint-Julien", 45.9, 4.1),
    SampleCommune("69215", "Saint-Julien", 46.0, 4.6),
    SampleCommune("43268", "Yssingeaux", 45.143, 4.124),
)


class UnknownSampleCommuneError(LookupError):
    """No commune, or several, by that name; `suggestions` are those that come near."""

    def __init__(self, text: str, suggestions: list[SampleCommune]) -> None:
        super().__init__(text)
        self.suggestions = suggestions


def search_communes(text: str, *, limit: int = 8) -> list[SampleCommune]:
    """Communes of the sample that begin like `text`."""
    begins = text.casefold()
    return [c for c in COMMUNES if c.nom.casefold().startswith(begins)][:limit]


def commune_named(text: str) -> SampleCommune:
    """Commune of the sample by "Nom (43)", code or name."""
    wanted = text.casefold().strip()
    cs = [
        c
        for c in COMMUNES
        if wanted in (c.nom.casefold(), c.code_insee, f"{c.nom} ({c.code_insee[:2]})".casefold())
    ]
    if len(cs) == 1:
        return cs[0]
    raise UnknownSampleCommuneError(text, cs or search_communes(text[:3]))


def at(hour: int, minute: int = 0) -> int:
    """Seconds after midnight."""
    return hour * 3600 + minute * 60


def step(
    kind: str, label: str, ends: tuple[str, str], hours: tuple[int, int], *points: Any, **more: Any
) -> Step:
    """One step; `estimated` unless it is a timetabled ride."""
    values: dict[str, Any] = {
        "distance_m": None,
        "color": "",
        "estimated": kind != "ride",
        "points": points,
    } | more
    return Step(kind, label, *ends, *hours, **values)


def plan(on: date, out: tuple[Step, ...], back: tuple[Step, ...]) -> DayPlan:
    """A feasible day."""
    return DayPlan(
        on,
        True,
        out,
        back,
        out[0].departure_s,
        out[-1].arrival_s,
        back[0].departure_s,
        back[-1].arrival_s,
        "",
    )


def blocked(on: date, reason: str) -> DayPlan:
    """A day without way out or back."""
    return DayPlan(on, False, (), (), None, None, None, None, reason)


HOME, WORK = "Domicile, Langeac", "Lieu de travail, Le Puy-en-Velay"
GARE_A, GARE_B = "Gare de Langeac", "Gare du Puy-en-Velay"

TRAIN_OUT = (
    step("walk", "À pied", (HOME, GARE_A), (at(6, 31), at(6, 42)), LANGEAC, GARE_LANGEAC,
         distance_m=720.0),
    step("ride", "Train, direction Le Puy-en-Velay", (GARE_A, GARE_B), (at(6, 47), at(7, 32)),
         GARE_LANGEAC, SAINT_GEORGES, GARE_LE_PUY, color="#1d5fa8"),
    step("walk", "À pied", (GARE_B, WORK), (at(7, 32), at(7, 46)), GARE_LE_PUY, ENTREPRISE,
         distance_m=980.0),
)  # fmt: skip
TRAIN_BACK = (
    step("walk", "À pied", (WORK, GARE_B), (at(16, 5), at(16, 19)), ENTREPRISE, GARE_LE_PUY,
         distance_m=980.0),
    step("ride", "Train, direction Langeac", (GARE_B, GARE_A), (at(16, 38), at(17, 24)),
         GARE_LE_PUY, SAINT_GEORGES, GARE_LANGEAC, color="#1d5fa8"),
    step("walk", "À pied", (GARE_A, HOME), (at(17, 24), at(17, 35)), GARE_LANGEAC, LANGEAC,
         distance_m=720.0),
)  # fmt: skip
COACH_OUT = (
    step("walk", "À pied", (HOME, "Langeac, place de la Liberté"), (at(6, 20), at(6, 25)),
         LANGEAC, GARE_LANGEAC, distance_m=310.0),
    step("ride", "Car ligne H15, direction Le Puy-en-Velay",
         ("Langeac, place de la Liberté", "Le Puy-en-Velay, place Michelet"),
         (at(6, 25), at(7, 20)), GARE_LANGEAC, LE_PUY, color="#c2571a"),
    step("ride", "Bus ligne 2, direction Taulhac",
         ("Le Puy-en-Velay, place Michelet", "Zone de Taulhac"), (at(7, 31), at(7, 42)),
         LE_PUY, ENTREPRISE, color="#6a3d9a"),
    step("walk", "À pied", ("Zone de Taulhac", WORK), (at(7, 42), at(7, 46)), ENTREPRISE,
         ENTREPRISE, distance_m=240.0),
)  # fmt: skip
COACH_BACK = (
    step("walk", "À pied", (WORK, "Le Puy-en-Velay, place Michelet"), (at(16, 5), at(16, 27)),
         ENTREPRISE, LE_PUY, distance_m=1500.0),
    step("ride", "Car ligne H15, direction Langeac",
         ("Le Puy-en-Velay, place Michelet", "Langeac, place de la Liberté"),
         (at(17, 45), at(18, 41)), LE_PUY, GARE_LANGEAC, color="#c2571a"),
    step("walk", "À pied", ("Langeac, place de la Liberté", HOME), (at(18, 41), at(18, 46)),
         GARE_LANGEAC, LANGEAC, distance_m=310.0),
)  # fmt: skip
SCOOTER_OUT = (
    step("scooter", "Scooter prêté", (HOME, WORK), (at(6, 35), at(7, 48)), LANGEAC, SAINT_GEORGES,
         ENTREPRISE, distance_m=41_200.0),
)  # fmt: skip
SCOOTER_BACK = (
    step("scooter", "Scooter prêté", (WORK, HOME), (at(16, 5), at(17, 18)), ENTREPRISE,
         SAINT_GEORGES, LANGEAC, distance_m=41_200.0),
)  # fmt: skip


def option(key: str, title: str, days: tuple[DayPlan, ...], **more: Any) -> Option:
    """An option; its counts come from its days, the rest from `more`."""
    values: dict[str, Any] = {
        "summary": "",
        "modes": (),
        "verdict": Verdict.POSSIBLE,
        "minutes_out": None,
        "minutes_back": None,
        "monthly_cost_eur": None,
        "cost_detail": "",
        "lead_time_days": None,
        "next_step": "",
        "contact_name": "",
        "telephone": "",
        "courriel": "",
        "lien": "",
        "estimated": True,
        "reasons": (),
        "solutions": (),
        "demonstration": True,
        "verified_on": None,
    } | more
    return Option(
        key=key,
        title=title,
        days=days,
        feasible_days=sum(day.feasible for day in days),
        asked_days=len(days),
        **values,
    )


def sample_situation(week: date = MONDAY) -> Situation:
    """Someone of Langeac without a licence, a job in Le Puy from 8:00 to 16:00, Mon to Fri."""
    return Situation(
        home=Place("Langeac", *LANGEAC, "43112"),
        work=Place("Le Puy-en-Velay", *LE_PUY, "43157"),
        shift=SampleShift(frozenset(range(5)), at(8), at(16)),
        week=week,
        permis=Permis.AUCUN,
        vehicule=Vehicule.INCONNU,
        now=NOW,
    )


def sample_answer(situation: Situation | None = None) -> Answer:
    """Four options, three excluded, on demonstration data."""
    situation = situation or sample_situation()
    week = [situation.week + timedelta(days=day) for day in range(5)]
    train = tuple(plan(day, TRAIN_OUT, TRAIN_BACK) for day in week)
    coach = tuple(plan(day, COACH_OUT, COACH_BACK) for day in week[:4])
    by_bike = replace(TRAIN_OUT[0], kind="bike", label="Vélo prêté", departure_s=at(6, 36))
    bike_out = (by_bike, *TRAIN_OUT[1:])
    bike = tuple(plan(day, bike_out, TRAIN_BACK) for day in week)
    scooter = tuple(plan(day, SCOOTER_OUT, SCOOTER_BACK) for day in week)
    options = (
        option(
            "train", "Train et marche", train,
            summary="Direct de Langeac au Puy-en-Velay, puis un quart d'heure à pied.",
            modes=("walk", "ride"), minutes_out=75, minutes_back=90,
            monthly_cost_eur=Decimal("46.50"), cost_detail="abonnement mensuel de travail",
            subscription_eur=Decimal("46.50"),
            lead_time_days=0, next_step="Acheter l'abonnement en gare ou en ligne.",
            contact_name="Guichet de la gare de Langeac", telephone="04 71 00 00 01",
            lien="https://exemple.fr/abonnement", verified_on=date(2026, 10, 12),
        ),
        option(
            "velo-train", "Vélo prêté jusqu'à la gare, puis train", bike,
            summary="Le vélo reste à la gare la journée, dans l'abri fermé.",
            modes=("bike", "ride", "walk"), minutes_out=70, minutes_back=85,
            monthly_cost_eur=Decimal("66.50"),
            cost_detail="abonnement 46,50 € et prêt du vélo 20 €", lead_time_days=5,
            next_step="Appeler la structure pour réserver un vélo.",
            contact_name="Atelier vélo du Haut-Allier", telephone="04 71 00 00 02",
            courriel="velo@exemple.fr", verified_on=date(2026, 9, 3),
        ),
        option(
            "car", "Car ligne H15 et bus ligne 2",
            (*coach, blocked(week[4], "Le vendredi, aucun car ne rentre à Langeac après 16 h.")),
            summary="Sans changement à pied, mais le retour se fait attendre.",
            modes=("walk", "ride"), verdict=Verdict.SOUS_CONDITION, minutes_out=86,
            minutes_back=161, monthly_cost_eur=Decimal(38), cost_detail="carnet de 40 trajets",
            lead_time_days=0, next_step="Trouver un autre retour pour le vendredi.",
            contact_name="Réseau de cars de la Haute-Loire", telephone="04 71 00 00 03",
            reasons=("Le vendredi, il faut un autre moyen de rentrer.",),
            verified_on=date(2026, 10, 1),
        ),
        option(
            "scooter", "Scooter prêté par la plateforme de mobilité", scooter,
            modes=("scooter",), verdict=Verdict.A_VERIFIER, minutes_out=73, minutes_back=73,
            monthly_cost_eur=Decimal(110), cost_detail="prêt 60 € et carburant 50 €",
            lead_time_days=14, next_step="Vérifier le permis AM, puis demander le prêt.",
            contact_name="Plateforme mobilité Haute-Loire", telephone="04 71 00 00 04",
            courriel="mobilite@exemple.fr",
            reasons=(
                "Permis AM (ou brevet de sécurité routière) à vérifier.",
                "Trajet de 41 km : long en scooter l'hiver.",
            ),
        ),
    )  # fmt: skip
    no = {"verdict": Verdict.NON}
    excluded = (
        option(
            "tad", "Transport à la demande du Haut-Allier",
            tuple(blocked(day, "Ne roule qu'à partir de 9 h : arrivée après l'embauche.")
                  for day in week), **no,
        ),
        option(
            "location", "Location solidaire de voiture",
            tuple(blocked(day, "Permis B obligatoire.") for day in week),
            reasons=("Il faut le permis B ; la personne n'a pas de permis.",), **no,
        ),
        option(
            "velo", "Vélo électrique de bout en bout",
            tuple(blocked(day, "41 km : au-delà des 15 km prévus pour ce prêt.") for day in week),
            **no,
        ),
    )  # fmt: skip
    weeks = tuple(
        WeekHeld(MONDAY + timedelta(7 * number), held) for number, held in enumerate(HELD)
    )
    choices = with_awards([choice_of(option) for option in options])
    awards = {choice.key: choice.awards for choice in choices}
    options = tuple(replace(option, awards=awards[option.key], weeks=weeks) for option in options)
    known = with_known_facts(situation, lambda code: PLACES)
    eligibility = Eligibility(
        known, rough={"distance_aller_km": Rough.within(Decimal(45), Decimal("0.2"))}
    )
    return Answer(
        known,
        tuple(eligibility.with_aids(option) for option in options),
        excluded,
        "réseau de démonstration de la Haute-Loire",
        True,
        COVERS,
        41,
        alternatives=choices,
        aids=eligibility.aids(options[0], ()),
        questions=eligibility.questions(options[0], ()),
    )


def choice_of(option: Option) -> Alternative:
    """What the awards weigh of an option: minutes to 7:50 and from 16:05, one call for a loan."""
    day = option.days[0]
    return Alternative(
        key=option.key,
        title=option.title,
        verdict=option.verdict,
        kept_days=option.feasible_days,
        asked_days=option.asked_days,
        failing_days=(),
        minutes_out=(at(7, 50) - day.leave_s) // 60,
        minutes_back=(day.home_s - at(16, 5)) // 60,
        monthly_cost_eur=option.monthly_cost_eur,
        bookings=int("prêté" in option.title),
        rides=sum(step.kind == "ride" for step in day.out),
        walk_min=0,
        booking="",
    )


def on_streets(answer: Answer) -> Answer:
    """The same, its ways computed on streets: no step is estimated, lines bend."""

    def computed(step: Step) -> Step:
        (lat, lon), *_, last = step.points
        return replace(step, estimated=False, points=((lat, lon), (lat + 0.01, lon), last))

    def day_of(day: DayPlan) -> DayPlan:
        return replace(day, out=tuple(map(computed, day.out)), back=tuple(map(computed, day.back)))

    options = tuple(
        replace(option, estimated=False, days=tuple(map(day_of, option.days)))
        for option in answer.options
    )
    label = "extrait haute-loire.osm.pbf importé le 25/11/2026, relief altitudes.tif"
    return replace(answer, options=options, streets_label=label)
