"""« Et si… ? » over HTTP: hours moved, other homes, rents, mistakes."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from traitdunion.matching.answer import Verdict

QUESTION = (
    "domicile=Langeac+(43)&travail=Le+Puy-en-Velay+(43)&jours=lun&jours=mar"
    "&debut=08:00&fin=16:00&permis=aucun&velo=inconnu"
)
pytestmark = pytest.mark.usefixtures("sampled")


def page(client, query: str) -> str:
    response = client.get(f"/et-si/?{query}")
    assert response.status_code == 200
    return response.content.decode().replace("\u00a0", " ").replace("&nbsp;", " ")


def test_the_answers_lead_to_the_comparison(client):
    text = client.get(f"/?{QUESTION}").content.decode()
    assert text.count('href="/et-si/?domicile=Langeac') == 2


def test_each_move_of_the_shift_is_asked_and_told_in_the_order_of_the_clock(client, sampled):
    text = page(client, QUESTION)
    hours = ["7 h – 15 h", "7 h 30 – 15 h 30", "7 h 45 – 15 h 45", "8 h – 16 h",
             "8 h 15 – 16 h 15", "8 h 30 – 16 h 30", "9 h – 17 h"]  # fmt: skip
    places = [text.index(f">{line}") for line in hours]
    assert places == sorted(places)
    starts = [situation.shift.start_s for situation in sampled.asked]
    assert sorted(starts) == [25_200, 27_000, 27_900, 28_800, 29_700, 30_600, 32_400]
    assert len(sampled.kept) == 0


def test_the_column_of_euros_is_headed_by_their_name(client):
    heads = re.findall(r'<th scope="col">(.*?)</th>', page(client, QUESTION))
    assert heads[-1] == "Coût par mois"
    assert "Temps de trajet par mois" not in heads


def test_a_move_that_holds_more_days_is_told_as_a_gain(client, sampled, samples):
    whole = samples.sample_answer()

    def fewer_at_eight(situation):
        best = whole.options[0]
        held = 3 if situation.shift.start_s == 28_800 else 5
        return replace(whole, options=(replace(best, feasible_days=held),))

    sampled.answer = fewer_at_eight
    text = page(client, QUESTION)
    assert text.count('class="compared__gain">+2<') == 6


def test_nothing_and_only_things_to_check_are_told_apart(client, sampled, samples):
    whole = samples.sample_answer()
    unsure = replace(whole.options[0], verdict=Verdict.A_VERIFIER)

    def by_hour(situation):
        early = situation.shift.start_s < 28_800
        return replace(whole, options=(unsure,) if early else ())

    sampled.answer = by_hour
    text = page(client, QUESTION)
    assert text.count("<td>À vérifier</td>") == 3
    assert text.count("<td>Aucun</td>") == 4


def test_other_homes_are_compared_with_rent_and_travel_added(client, sampled, samples):
    # 46,50 € of travel a month in the sample, and 300 or 420,50 € of rent.
    text = page(client, f"{QUESTION}&loyer0=300&ailleurs1=Yssingeaux+(43)&loyer1=420,50")
    assert "<strong>346,50 €</strong>" in text
    assert "<strong>467 €</strong>" in text
    # The question itself once, six moves of the shift, one other home.
    homes = [situation.home.label for situation in sampled.asked]
    assert (homes.count("Langeac"), homes.count("Yssingeaux")) == (7, 1)


def test_a_home_without_its_rent_has_no_total(client):
    text = page(client, f"{QUESTION}&ailleurs1=Yssingeaux+(43)")
    assert text.count("Non renseigné") == 2
    assert "<strong>" not in text.split("d'autres logements")[1].split("</table>")[0]


def test_a_home_where_the_job_is_is_compared_like_the_others(client, sampled):
    page(client, f"{QUESTION}&ailleurs1=Le+Puy-en-Velay+(43)")
    (there,) = [asked for asked in sampled.asked if asked.home.label == "Le Puy-en-Velay"]
    assert there.home == there.work


def test_an_unknown_address_is_refused_beside_its_field_with_suggestions(client):
    text = page(client, f"{QUESTION}&ailleurs2=Langac&loyer2=400")
    assert "Un point à corriger" in text
    assert "Aucune commune ne s'appelle exactement" in text.replace("&#x27;", "'")
    assert "ailleurs2=Langeac" in text
    assert "loyer2=400" in text


@pytest.mark.parametrize("rent", ["beaucoup", "-3", "1234567", "3,141"])
def test_a_rent_that_is_none_gets_its_sentence_and_the_hours_stay(client, rent):
    text = page(client, f"{QUESTION}&loyer1={rent}")
    assert "Un point à corriger" in text
    assert "7 h 30 – 15 h 30" in text


def test_without_a_sound_question_one_is_sent_back_to_mend_it(client):
    response = client.get("/et-si/?domicile=Langac&travail=Le+Puy-en-Velay")
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/?domicile=Langac")


def test_a_night_shift_stays_one(client, sampled):
    night = QUESTION.replace("debut=08:00&fin=16:00", "debut=21:00&fin=05:00&nuit=1")
    text = page(client, night)
    assert "20 h – 4 h (lendemain)" in text
    assert {s.shift.end_s - s.shift.start_s for s in sampled.asked} == {
        int(timedelta(hours=8).total_seconds())
    }
    assert text.count("nuit=1") >= 6


def test_needs_go_on_in_the_body_and_never_in_an_address(client, sampled):
    needs = {"besoin-marche": "300", "besoin-age": "16_17"}
    answers = client.post(f"/aides/?{QUESTION}", needs).content.decode()
    door = r'<form class="whatif-door__links" method="post" action="([^"]*)">(.*?)</form>'
    form = re.search(door, answers)
    assert "besoin" not in form[1]
    assert dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form[2])) == needs
    sampled.asked.clear()
    text = client.post(form[1].replace("&amp;", "&"), needs).content.decode()
    assert {situation.needs.walk_m for situation in sampled.asked} == {300}
    assert "Besoins particuliers pris en compte" in text
    homes = re.search(r'<form class="panel whatif__form" method="post" action="([^"]*)".*?</form>',
                      text, re.S)  # fmt: skip
    assert not any(
        "besoin" in address for address in re.findall(r'(?:href|action)="([^"]*)"', text)
    )
    typed = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', homes[0]))
    assert typed == needs
    sampled.asked.clear()
    address = "/et-si/" + homes[1].split("#")[0].replace("&amp;", "&")
    page = client.post(address, {**typed, "loyer0": "300", "ailleurs1": "Yssingeaux (43)"})
    assert {situation.needs.walk_m for situation in sampled.asked} == {300}
    assert "Yssingeaux" in {situation.home.label for situation in sampled.asked}
    assert "<strong>346,50" in page.content.decode()


def test_without_needs_the_comparison_is_a_link_and_speaks_of_none(client):
    assert '<form class="whatif-door__links"' not in client.get(f"/?{QUESTION}").content.decode()
    assert "Besoins particuliers pris" not in page(client, QUESTION)


def test_a_second_employer_goes_on_to_the_other_homes(client, sampled):
    second = "&travail2=Yssingeaux+(43)&debut2=17:00&fin2=19:00"
    text = page(client, f"{QUESTION}{second}&ailleurs1=Yssingeaux+(43)")
    assert {situation.second_work.label for situation in sampled.asked} == {"Yssingeaux"}
    assert text.count("travail2=Yssingeaux") >= 1
    assert '<input type="hidden" name="debut2" value="17:00">' in text
