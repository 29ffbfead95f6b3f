"""The form: what it understands, and the sentence it answers to each mistake."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.http import QueryDict

from traitdunion.desk.question.forms import QuestionForm, default_week, unknown_commune_message
from traitdunion.matching.situation import Permis, Vehicule

COVERS = (date(2026, 11, 2), date(2026, 12, 18))  # a Monday, a Friday
TODAY = date(2026, 11, 24)  # a Tuesday
SOUND = (
    "domicile=Langeac&travail=Le+Puy-en-Velay+(43)&jours=lun&jours=mar&debut=08:00&fin=16:00"
    "&permis=aucun&velo=inconnu"
)


def form_of(query: str = "", **changes: str) -> QuestionForm:
    """Form of the sound question with some fields changed."""
    data = QueryDict(query or SOUND, mutable=True)
    for name, value in changes.items():
        data[name] = value
    return QuestionForm(data, covers=COVERS, today=TODAY)


def mistakes(form: QuestionForm) -> dict[str, str]:
    """First mistake of each field."""
    return {field: errors[0] for field, errors in form.errors.items()}


def test_a_sound_question_becomes_a_situation(sampled, samples):
    situation = form_of()
    assert situation.is_valid(), situation.errors
    situation = situation.situation(samples.NOW)
    assert (situation.home.label, situation.work.code_insee) == ("Langeac", "43157")
    assert situation.shift.days == frozenset({0, 1})
    assert (situation.shift.start_s, situation.shift.end_s) == (8 * 3600, 16 * 3600)
    assert situation.week == date(2026, 11, 30)  # the first week that has not begun
    assert situation.permis is Permis.AUCUN
    assert situation.vehicule is Vehicule.INCONNU


def test_margins_are_asked_and_kept_in_the_address(sampled, samples):
    form = form_of(avance="15", sortie="0", correspondance="5", marge="30")
    assert form.is_valid(), form.errors
    situation = form.situation(samples.NOW)
    assert (situation.shift.margin_before_s, situation.shift.margin_after_s) == (900, 0)
    assert (situation.margins.transfer_s, situation.margins.access_percent) == (300, 30)
    assert "avance=15" in form.query()
    assert form.has_own_margins


def test_margins_left_empty_are_those_of_the_site(sampled, samples, settings):
    settings.TRAITDUNION_TRANSFER_MIN = 4
    form = form_of(avance="", correspondance="4")
    assert form.is_valid(), form.errors
    situation = form.situation(samples.NOW)
    assert (situation.shift.margin_before_s, situation.margins.transfer_s) == (600, 240)
    assert not form.has_own_margins


@pytest.mark.parametrize("text", ["-1", "121", "dix", "1.5"])
def test_a_margin_that_is_none_is_refused(sampled, text):
    form = form_of(avance=text)
    assert mistakes(form) == {"avance": "Écrivez un nombre entier de 0 à 120."}
    assert form.has_own_margins


@pytest.mark.parametrize(
    ("permis", "velo", "expected"),
    [
        ("b_voiture", "oui", (Permis.B, Vehicule.VOITURE)),
        ("b", "oui", (Permis.B, Vehicule.VELO)),
        ("am", "non", (Permis.AM, Vehicule.AUCUN)),
        ("inconnu", "inconnu", (Permis.INCONNU, Vehicule.INCONNU)),
        ("", "", (Permis.INCONNU, Vehicule.INCONNU)),
    ],
)
def test_licence_and_vehicle_come_from_two_answers(sampled, samples, permis, velo, expected):
    form = form_of(permis=permis, velo=velo)
    assert form.is_valid(), form.errors
    situation = form.situation(samples.NOW)
    assert (situation.permis, situation.vehicule) == expected


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("8", 28800), ("8h", 28800), ("8 h 30", 30600), ("08:30", 30600), ("08:30:00", 30600)],
)
def test_an_hour_may_be_written_in_several_ways(sampled, written, seconds):
    form = form_of(debut=written)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["debut"] == seconds


@pytest.mark.parametrize("written", ["25:00", "8:60", "huit heures", "-1", "٨", "8h3"])
def test_what_is_no_hour_is_said_with_the_value(sampled, written):
    assert mistakes(form_of(debut=written)) == {
        "debut": f"« {written} » n'est pas une heure. Écrivez par exemple 08:00 ou 8 h 30."
    }


def test_an_unknown_commune_brings_those_that_come_near(sampled):
    form = form_of(domicile="Langac")
    assert "« Langac »" in mistakes(form)["domicile"]
    first = form.suggestions["domicile"][0]
    assert first["label"] == "Langeac (43)"
    assert form_of(first["url"].strip("?").partition("#")[0]).is_valid()


def test_a_name_several_communes_bear_is_asked_again(sampled):
    form = form_of(travail="Saint-Julien")
    assert mistakes(form)["travail"].startswith("Plusieurs communes s'appellent Saint-Julien.")
    labels = [suggestion["label"] for suggestion in form.suggestions["travail"]]
    assert labels == ["Saint-Julien (43)", "Saint-Julien (42)", "Saint-Julien (69)"]


def test_an_end_before_the_start_asks_whether_it_is_a_night_shift(sampled):
    form = form_of(debut="21:00", fin="05:00")
    assert mistakes(form)["fin"].endswith("Est-ce un poste de nuit ?")
    yes = form_of(form.suggestions["fin"][0]["url"].strip("?").partition("#")[0])
    assert yes.is_valid(), yes.errors
    assert yes.cleaned_data["fin"] == (24 + 5) * 3600


def test_the_night_box_changes_nothing_for_a_day_shift(sampled):
    form = form_of(nuit="1")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["fin"] == 16 * 3600


def test_a_shift_of_no_length_is_refused(sampled):
    form = form_of(debut="08:00", fin="08:00")
    assert mistakes(form) == {"fin": "Le début et la fin du poste sont à la même heure."}


def test_home_and_work_in_the_same_commune_is_a_question_like_another(sampled):
    form = form_of(travail="Langeac")
    assert mistakes(form) == {}
    asked = form.situation(datetime(2026, 11, 20, 9, tzinfo=UTC))
    assert asked.home == asked.work


@pytest.mark.parametrize(
    ("jours", "debut", "fin", "hours"),
    # 12 h x 6 = 72, breaks included, may be; 20 h x 5 and 12 h 30 x 6 may not.
    [(6, "08:00", "20:00", ""), (5, "02:00", "22:00", "100"), (6, "08:00", "20:30", "75")],
)
def test_a_week_that_no_job_has_is_refused_with_the_law(sampled, jours, debut, fin, hours):
    days = ["lun", "mar", "mer", "jeu", "ven", "sam"][:jours]
    query = "&".join(f"jours={day}" for day in days)
    ends = SOUND.split("&jours")[0]
    form = form_of(f"{ends}&{query}&debut={debut}&fin={fin}&permis=aucun&velo=inconnu")
    if hours:
        assert f"{hours} h par semaine" in mistakes(form)["fin"]
    else:
        assert form.is_valid(), form.errors


def test_a_postcode_of_several_communes_is_said_to_be_one():
    communes = [SimpleNamespace(nom=name) for name in ("Aiguilhe", "Espaly")]
    message = unknown_commune_message("43000", communes)
    assert message == "Plusieurs communes ont le code postal 43000. Choisissez la bonne."


def test_no_day_ticked_is_said(sampled):
    form = form_of("domicile=Langeac&travail=Le+Puy-en-Velay&debut=08:00&fin=16:00")
    assert mistakes(form) == {"jours": "Cochez au moins un jour travaillé."}


def test_a_week_outside_the_timetable_says_which_dates_are_covered(sampled):
    form = form_of(semaine="2027-06-03")
    assert mistakes(form)["semaine"] == (
        "Aucun horaire n'est connu pour la semaine du 31 mai 2027. "
        "Les horaires vont du 2 novembre 2026 au 18 décembre 2026."
    )
    assert "semaine=2026-12-14" not in form.suggestions["semaine"][0]["url"]  # Friday is its last
    assert "semaine=2026-12-07" in form.suggestions["semaine"][0]["url"]


def test_a_week_covered_in_part_is_asked_for_the_days_it_covers(sampled):
    assert form_of(semaine="2026-12-18").is_valid()  # 14 to 18 December
    weekend = "domicile=Langeac&travail=43157&jours=dim&debut=8h&fin=16h&semaine=2026-12-18"
    assert "semaine" in mistakes(form_of(weekend))  # Sunday the 20th is not covered


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_first_and_the_last_day_of_the_calendar_do_not_break_it(sampled, day):
    assert "semaine" in mistakes(form_of(semaine=day))


@pytest.mark.parametrize("permis", ["aucun' OR 1=1", "B", "\0"])
def test_an_unknown_choice_is_refused(sampled, permis):
    assert "permis" in mistakes(form_of(permis=permis))


@pytest.mark.parametrize("name", ["x" * 5000, "Lan\0geac", "100 % %s %(x)s", "<script>"])
def test_a_hostile_name_gets_a_sentence(sampled, name):
    assert mistakes(form_of(domicile=name))["domicile"]


def test_the_last_of_repeated_parameters_counts(sampled):
    form = form_of(SOUND + "&domicile=Yssingeaux&debut=9h")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["domicile"].nom == "Yssingeaux"


def test_fields_show_the_commune_understood(sampled):
    form = form_of(domicile="43112")
    assert form.is_valid()
    assert form["domicile"].value() == "Langeac (43)"


@pytest.mark.parametrize(
    ("today", "week"),
    [
        (date(2026, 11, 24), date(2026, 11, 23)),  # within: the current week
        (date(2026, 10, 1), date(2026, 11, 2)),  # before: the first week
        (date(2026, 12, 16), date(2026, 12, 7)),  # in the last, cut short: the last whole one
        (date(2027, 3, 1), date(2026, 12, 7)),  # after: the last whole week
    ],
)
def test_the_default_week_is_the_nearest_whole_week_covered(today, week):
    assert default_week(COVERS, today) == week


def test_a_timetable_of_three_days_still_has_a_default_week():
    assert default_week((date(2026, 11, 3), date(2026, 11, 5)), TODAY) == date(2026, 11, 2)


def test_homonyms_among_near_names_are_told_as_homonyms():
    communes = [SimpleNamespace(nom=n) for n in ("Saint-Just-Malmont", "Saint-Just", "Saint-Just")]
    said = unknown_commune_message("saint-just", communes)
    assert said == "Plusieurs communes s'appellent Saint-Just. Choisissez la bonne."
    assert "exactement" in unknown_commune_message("saint-juste", communes)


@pytest.mark.parametrize(
    ("today", "week"),
    [(date(2026, 11, 16), date(2026, 11, 16)), (date(2026, 11, 18), date(2026, 11, 23))],
)
def test_the_week_proposed_is_the_first_that_has_not_begun(today, week):
    form = QuestionForm(None, covers=(date(2026, 11, 2), date(2026, 11, 29)), today=today)
    assert form.fields["semaine"].initial == week
