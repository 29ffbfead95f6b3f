"""Rules met with a situation: conditions of a solution, aids of the answer, budgets, questions."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from straight_road import BACK, MONDAY, NOW, OUT, Network, Offer, place, road, situation

from traitdunion.matching.answer import Filtre, Verdict
from traitdunion.matching.answering import answer
from traitdunion.matching.eligibility.aids import ESTIMATED_SHARE, Eligibility, Rough
from traitdunion.matching.eligibility.conditions import condition_findings
from traitdunion.matching.eligibility.facts import with_known_facts
from traitdunion.matching.situation import Permis, Vehicule
from traitdunion.rules import Reponse, rule_book

HERE = frozenset({"commune:43112", "epci:200073393", "departement:43", "region:84"})
JOB_SEEKER = {
    "de_inscrit": True, "de_categorie": "1", "de_indemnisation": "non_indemnise",
    "deja_percu_12_mois_eur": Decimal(0), "contrat": "cdi", "contrat_debut": date(2025, 3, 3),
    "contrat_heures_semaine": Decimal(35), "employeur_secteur": "prive",
}  # fmt: skip


def line(**prices):
    """The coach of the road, with its prices."""
    return Offer("ligne", "Cars", "tc_ligne", zone_libre=True, gtfs_agency="Cars", **prices)


def ask(*offers, work_m=20_500, **changed):
    asked = situation(work=place(work_m, "Le Puy-en-Velay", "43157"), **changed)
    return answer(
        asked,
        timetable=road(OUT, BACK),
        solutions=[line(par_trajet_eur=Decimal("3.50"), par_mois_eur=Decimal(58)), *offers],
        network=Network(),
        epci_of=lambda code: None,
        places_of=lambda code: HERE,
    )


def aid(answer, key):
    return next(aid for aid in answer.aids if aid.key == key)


# -- conditions of a solution -----------------------------------------------------------------


CAR = Offer("voiture", "Voiture solidaire", "location_voiture", mode="voiture",
            permis_requis="b", par_jour_eur=Decimal(3), regle="location-solidaire",
            conditions_acces="Texte de la fiche.")  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "verdict", "text"),
    [
        ({}, Verdict.A_VERIFIER, "À vérifier : quotient familial de moins de 750 €."),
        ({"qf_eur": Decimal(750)}, Verdict.NON,
         "Il faut : quotient familial de moins de 750 € (ici : 750 € par mois)."),
    ],
)  # fmt: skip
def test_the_rule_of_a_solution_says_what_is_missing(facts, verdict, text):
    asked = with_known_facts(situation(permis=Permis.B, facts=facts), lambda code: HERE)
    findings = condition_findings(CAR, Eligibility(asked))
    first = findings[0]
    assert (first.verdict, first.filtre) == (verdict, Filtre.ELIGIBILITE)
    assert first.text.replace("\u00a0", " ") == text
    assert "Texte de la fiche" not in " ".join(finding.text for finding in findings)


def test_a_rule_that_is_met_weighs_nothing():
    facts = {"qf_eur": Decimal(749), "prescription": True}
    asked = with_known_facts(situation(permis=Permis.B, facts=facts), lambda code: HERE)
    assert condition_findings(CAR, Eligibility(asked)) == []


def test_a_rule_no_longer_in_force_leaves_the_solution_to_check():
    gone = Offer("velo", "Vélo", regle="regle-archivee")
    findings = condition_findings(gone, Eligibility(situation()))
    assert [finding.verdict for finding in findings] == [Verdict.A_VERIFIER]


def test_without_a_rule_the_conditions_are_those_of_the_catalogue():
    plain = Offer("velo", "Vélo", conditions_acces="Être accompagné.")
    findings = condition_findings(plain, Eligibility(situation()))
    assert [(finding.verdict, finding.text) for finding in findings] == [
        (Verdict.SOUS_CONDITION, "Conditions d'accès : Être accompagné.")
    ]


def test_a_loan_refused_by_its_rule_is_excluded_by_its_conditions():
    answer = ask(CAR, permis=Permis.B, facts={"qf_eur": Decimal(900), "prescription": True})
    refused = next(option for option in answer.excluded if option.title == "Voiture solidaire")
    assert refused.filtre == Filtre.ELIGIBILITE
    met = ask(CAR, permis=Permis.B, facts={"qf_eur": Decimal(700), "prescription": True})
    assert any(option.title == "Voiture solidaire" for option in met.options)


# -- aids and budgets -------------------------------------------------------------------------


def test_the_employer_pays_half_of_the_subscription():
    """58 € a month is cheaper than 43 tickets; half of it is 29 €."""
    answer = ask(facts=JOB_SEEKER, now=situation().now.replace(year=2025))
    coach = answer.options[0]
    assert coach.subscription_eur == 58
    assert aid(answer, "employeur-abonnement").reponse is Reponse.OUI
    assert (coach.budget.next.before_eur, coach.budget.next.aids_eur) == (58, 29)


def test_tickets_are_no_subscription():
    asked = situation(facts=JOB_SEEKER)
    reply = answer(
        asked,
        timetable=road(OUT, BACK),
        solutions=[line(par_trajet_eur=Decimal("1.00"), par_mois_eur=Decimal(58))],
        network=Network(),
        places_of=lambda code: HERE,
        epci_of=lambda code: None,
    )
    assert reply.options[0].subscription_eur == 0
    assert aid(reply, "employeur-abonnement").reponse is Reponse.NON


def test_the_mobility_aid_needs_more_than_60_km_and_covers_the_first_month():
    """Begun on 3 March, it may be asked for until 3 April; then only the employer's 29 € remain."""
    far = ask(facts={**JOB_SEEKER, "distance_aller_retour_km": Decimal("60.1")})
    near = ask(facts={**JOB_SEEKER, "distance_aller_retour_km": Decimal("59.9")})
    assert aid(far, "aide-mobilite").reponse is Reponse.OUI
    assert aid(near, "aide-mobilite").reponse is Reponse.NON
    assert far.options[0].budget.first.after_eur == 0
    assert far.options[0].budget.next.after_eur == 29
    task = aid(far, "aide-mobilite").to_do[0]
    assert task.before == date(2025, 4, 3)


def test_what_is_left_to_live_on_is_told_where_it_can_be():
    facts = {**JOB_SEEKER, "ressources_mois_eur": Decimal(1400), "charges_mois_eur": Decimal(700)}
    assert ask(facts=facts).options[0].budget.next.left_eur == 671
    assert ask(facts=JOB_SEEKER).options[0].budget.next.left_eur is None


def eligible(km, **facts):
    asked = with_known_facts(situation(facts={**JOB_SEEKER, **facts}), lambda code: HERE)
    return Eligibility(
        asked, rough={"distance_aller_km": Rough.within(Decimal(km), ESTIMATED_SHARE)}
    )


@pytest.mark.parametrize(
    ("km", "expected"),
    [
        # Within a fifth: 20 km is 32 to 48 km there and back, 35 km is 56 to 84, 40 km 64 to 96.
        ("20", Reponse.NON), ("35", Reponse.A_VERIFIER), ("40", Reponse.OUI),
    ],
)  # fmt: skip
def test_an_estimated_distance_counts_where_the_whole_estimate_agrees(km, expected):
    answer = eligible(km, duree_aller_retour_min=Decimal(60)).asked("aide-mobilite")
    assert answer.reponse is expected


@pytest.mark.parametrize(
    ("road_min", "option_min", "expected"),
    [
        # An hour and a half by road whoever measures; more than two hours by coach is not sure.
        (90, 110, Reponse.NON), (90, 125, Reponse.A_VERIFIER), (125, 140, Reponse.OUI),
    ],
)  # fmt: skip
def test_a_duration_lies_between_the_road_and_the_way_one_goes(road_min, option_min, expected):
    asked = with_known_facts(
        situation(facts={**JOB_SEEKER, "distance_aller_retour_km": Decimal(40)}), lambda code: HERE
    )
    rough = {"duree_aller_retour_min": Rough(Decimal(road_min), Decimal(road_min))}
    more = {"duree_aller_retour_min": Decimal(option_min)}
    assert Eligibility(asked, rough=rough).asked("aide-mobilite", more).reponse is expected


def test_a_sum_that_rests_on_an_estimate_says_about():
    eligibility = eligible("40", duree_aller_retour_min=Decimal(60))
    ones = next(aid for aid in eligibility.aids(None, ()) if aid.key == "aide-mobilite")
    assert (
        ones.sums[0].replace("\u00a0", " ") == "Un aller-retour : environ 18,40 € par aller-retour"
    )
    known = eligible("10", duree_aller_retour_min=Decimal(60), distance_aller_km=Decimal(40))
    ones = next(aid for aid in known.aids(None, ()) if aid.key == "aide-mobilite")
    assert "environ" not in ones.sums[0]


def test_aids_come_surest_first_and_closed_ones_last():
    order = [aid.reponse for aid in ask(facts=JOB_SEEKER).aids]
    assert order == sorted(order, key=[Reponse.OUI, Reponse.A_VERIFIER, Reponse.NON].index)
    to_check = [aid.doubtful for aid in ask().aids if aid.reponse is Reponse.A_VERIFIER]
    assert to_check == sorted(to_check)
    assert {True, False} == set(to_check)


def test_a_solution_that_names_a_rule_gives_its_contact_and_is_no_help_of_its_own():
    offer = Offer("aide", "Aide locale", "aide_deplacement", zone_libre=True,
                  telephone="04 71 00 00 09", regle="aide-mobilite")  # fmt: skip
    answer = ask(offer)
    aid_found = aid(answer, "aide-mobilite")
    assert (aid_found.telephone, aid_found.solutions) == ("04 71 00 00 09", ("aide",))
    assert answer.helps == ()
    assert aid(ask(), "aide-mobilite").telephone == "3949"


# -- questions --------------------------------------------------------------------------------


def names(answer):
    return [question.criterion.name for question in answer.questions]


def test_questions_are_few_and_none_is_already_answered():
    answer = ask(vehicule=Vehicule.VELO)
    assert 0 < len(answer.questions) <= 8
    assert not set(names(answer)) & {"permis", "vehicule", "residence", "action"}
    assert names(ask(facts={names(answer)[0]: Decimal(40)}))[:1] != names(answer)[:1]


def test_je_ne_sais_pas_eight_times_leaves_a_useful_answer():
    skipped = frozenset()
    for _ in range(8):
        answer = ask(skipped=skipped)
        skipped |= {names(answer)[0]}
    last = ask(skipped=skipped)
    assert last.questions == ()
    assert last.options
    assert any(aid.reponse is Reponse.A_VERIFIER and aid.missing for aid in last.aids)


def test_questions_that_could_only_rule_out_doubtful_aids_are_not_asked():
    """Nothing known of a person makes these more than à vérifier: one source alone."""
    asked = set()
    for _ in range(8):
        answer = ask(skipped=frozenset(asked))
        asked |= set(names(answer)[:1])
    assert not asked & {"pch", "rqth", "taux_incapacite"}


def test_facts_follow_from_the_situation_and_give_way_to_what_is_said():
    known = with_known_facts(situation(permis=Permis.B), lambda code: HERE).facts
    assert known["permis"] == "b"
    assert known["residence"] == HERE
    # Five days a week, 52 / 12 weeks a month.
    assert known["allers_retours_mois"] == Decimal("21.7")
    said = with_known_facts(situation(permis=Permis.B, facts={"permis": "etranger"}),
                            lambda code: None).facts  # fmt: skip
    assert said["permis"] == "etranger"
    assert "residence" not in said
    unknown = situation(permis=Permis.INCONNU, vehicule=Vehicule.INCONNU)
    assert not {"permis", "vehicule"} & with_known_facts(unknown, lambda code: HERE).facts.keys()


# -- kept with the book -------------------------------------------------------------------------

BOOK = rule_book()
FACTS = {
    "de_inscrit": [True, False], "contrat": ["cdi", "cdd"], "qf_eur": [Decimal(749), Decimal(750)],
    "promesse_embauche": [True, False], "age": [Decimal(17), Decimal(25), Decimal(30)],
    "contrat_heures_semaine": [Decimal(12), Decimal(35)],
}  # fmt: skip
people = st.fixed_dictionaries({}, optional={name: st.sampled_from(FACTS[name]) for name in FACTS})
days = st.sampled_from([date(2024, 12, 30), date(2025, 2, 20), date(2026, 11, 30)])
doubts = st.frozensets(st.sampled_from(["qf_eur", "age", "de_inscrit"]))


@settings(max_examples=60, deadline=None)
@given(people, days, doubts)
def test_what_is_kept_of_others_is_what_a_new_book_answers(facts, on, skipped):
    """People and days drawn share one book; each is answered as by a book that knows nobody."""
    asked = situation(
        facts=facts, skipped=skipped, now=datetime(on.year, on.month, on.day, 9, tzinfo=UTC)
    )
    known = with_known_facts(asked, lambda code: HERE)
    shared, new = (Eligibility(known, book=book) for book in (BOOK, replace(BOOK)))
    assert shared.aids(None, [CAR]) == new.aids(None, [CAR])
    assert shared.questions(None, [CAR]) == new.questions(None, [CAR])
    assert shared.findings(CAR) == new.findings(CAR)


def test_another_day_is_not_answered_by_what_was_kept_of_the_day_before():
    """The second version begins on the second day; the first day is asked again after it."""
    first = replace(BOOK.rule("location-solidaire", MONDAY), name="essai", version=1)
    second = replace(first, version=2, valid_from=NOW.date() + timedelta(1))
    book = BOOK.with_rules([first, second])
    versions = [
        Eligibility(situation(now=NOW + timedelta(later)), book=book).asked("essai").rule.version
        for later in (0, 1, 0)
    ]
    assert versions == [1, 2, 1]
