"""Free words of a ballot: tied to nothing, read by eleven at least, published one by one."""

import re
from html import unescape

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from traitdunion.cooperation.evaluation import words
from traitdunion.cooperation.evaluation.operations import answer, draw_ballots
from traitdunion.cooperation.models import Moderation, MotEvaluation
from traitdunion.cooperation.operations import CooperationError
from traitdunion.disclosure import K

pytestmark = pytest.mark.django_db
BALLOTS = "/cooperation/seances/demi-journee/bulletins/"
BILAN = "/cooperation/seances/demi-journee/bilan/"
YES = {"participer": "tout_a_fait"}


def text_of(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


@pytest.fixture
def fill(half_day, now):
    """Function that fills ballots, each with its words or none."""

    def filled(*texts):
        codes = draw_ballots(by=half_day.steerer, seance=half_day.seance, n=len(texts), now=now)
        for code, text in zip(codes, texts, strict=True):
            answer(code=code, answers=YES, mot=text, now=now)

    return filled


def close(seance):
    seance.etat = "close"
    seance.save()


def readable(half_day, now):
    return sorted(mot.texte for mot in words.readable(half_day.seance, on=now.date()))


def test_words_are_kept_without_a_ballot_nor_a_moment_nor_an_order(fill):
    fill(*(f"Mot {n}" for n in range(40)))
    columns = {field.name for field in MotEvaluation._meta.get_fields()}
    assert columns == {"id", "seance", "texte", "lisible", "montre"}
    as_stored = [mot.texte for mot in MotEvaluation.objects.order_by("pk")]
    assert as_stored != [f"Mot {n}" for n in range(40)]  # once in 40! the keys would be in order
    assert not Moderation.objects.exists()


def test_words_are_read_once_the_session_is_over_and_eleven_ballots_filled(half_day, fill, now):
    fill(*["Bien"] * (K - 1))
    close(half_day.seance)
    assert readable(half_day, now) == []
    fill("Long")  # late, the eleventh
    assert readable(half_day, now) == ["Bien"] * (K - 1) + ["Long"]


def test_the_words_of_a_late_ballot_wait_for_ten_others(half_day, fill, now):
    fill(*["Bien"] * K)
    assert readable(half_day, now) == []
    close(half_day.seance)
    assert readable(half_day, now) == ["Bien"] * K
    fill("Tardif", *[""] * (K - 2))
    assert readable(half_day, now) == ["Bien"] * K
    fill("")
    assert readable(half_day, now) == ["Bien"] * K + ["Tardif"]


def test_words_alone_fill_a_ballot_and_no_number_of_telephone_does(half_day, now):
    first, other = draw_ballots(by=half_day.steerer, seance=half_day.seance, n=2, now=now)
    answer(code=first, answers={}, mot="Merci", now=now)
    with pytest.raises(CooperationError, match="contient un numéro"):
        answer(code=other, answers=YES, mot="Appelez le 06 12 34 56 78", now=now)
    assert MotEvaluation.objects.count() == 1


def test_words_are_published_masked_or_erased_on_the_page(half_day, fill, client, now):
    fill("Madame Durand parle trop", "Trop long", *[""] * (K - 2))
    close(half_day.seance)
    assert "Trop long" not in text_of(Client().get(BILAN))
    client.force_login(half_day.steerer)
    shown = {mot.texte: (mot, proposed) for mot, proposed in client.get(BALLOTS).context["words"]}
    mot, proposed = shown["Madame Durand parle trop"]
    assert proposed == "[nom masqué] parle trop"
    client.post(BALLOTS, {"mot": mot.pk, "faire": "publier", "texte": proposed})
    client.post(BALLOTS, {"mot": shown["Trop long"][0].pk, "faire": "effacer"})
    public = text_of(Client().get(BILAN))
    assert "« [nom masqué] parle trop »" in public
    assert "Durand" not in str(list(MotEvaluation.objects.values()))
    assert [act.geste for act in Moderation.objects.order_by("pk")] == ["corriger", "effacer"]
    assert MotEvaluation.objects.count() == 1


def test_only_those_who_steer_act_on_words_and_not_before_they_may_read(half_day, fill, now):
    fill("Bien")
    mot = MotEvaluation.objects.get()
    with pytest.raises(CooperationError, match="onze bulletins"):
        words.publish(by=half_day.steerer, mot=mot, texte="Bien", now=now)
    with pytest.raises(PermissionDenied):
        words.erase(by=half_day.adviser, mot=mot, now=now)


def test_the_form_of_a_ballot_asks_for_words(half_day, now, client):
    (code,) = draw_ballots(by=half_day.steerer, seance=half_day.seance, n=1, now=now)
    assert "Un mot de plus" in text_of(client.get("/evaluer/"))
    client.post("/evaluer/", {"code": code, "mot": "Revenez"})
    assert MotEvaluation.objects.get().texte == "Revenez"
