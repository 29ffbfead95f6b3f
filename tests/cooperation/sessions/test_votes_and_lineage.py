"""Voices drawn by the site, hidden results; what was deliberated follows an idea it becomes."""

import pytest
from django.core import signing
from django.db import DatabaseError, transaction
from django.test import Client

from traitdunion.cooperation.enums import Avis, CollegeDeclare, Critere, Reponse, ResultatDecision
from traitdunion.cooperation.models import AvisIdee, Gommette, Idee, Invite, Voix
from traitdunion.cooperation.operations import CooperationError
from traitdunion.cooperation.sessions import deliberation, moderation, voices, workshop
from traitdunion.cooperation.sessions import ideas as idea_operations
from traitdunion.cooperation.sessions.ideas import Taken

pytestmark = pytest.mark.django_db
SESSION = "/cooperation/seances/demi-journee/"
PHONE = "/participer/ABC234/"


@pytest.fixture
def idea(half_day, now):
    """Function that writes an idea which passed the gates."""

    def made(text):
        row = idea_operations.add_idea(axe=half_day.axes[0], texte=text, now=now)
        answers = dict.fromkeys(Critere, (Reponse.OUI, ""))
        idea_operations.assess(by=half_day.steerer, idea=row, answers=answers, now=now)
        return row

    return made


@pytest.fixture
def present(half_day, now):
    """Function that makes n guests arrive."""

    def arrived(n):
        return [
            Invite.objects.create(
                seance=half_day.seance,
                nom=f"Invité {k}",
                organisation="O",
                college="etat",
                arrive_le=now,
            )
            for k in range(n)
        ]

    return arrived


def open_vote(half_day, now):
    workshop.open_vote(by=half_day.steerer, seance=half_day.seance, opened=True, now=now)


def fresh_phone():
    phone = Client()
    phone.post(PHONE, {"college": "employeurs"})
    phone.get(PHONE)
    return phone


def test_a_stuffed_vote_stops_at_those_present(half_day, idea, present, now):
    """Thirty fresh cookies on one machine, fourteen people present: fourteen voices."""
    present(14)
    row = idea("Une navette")
    open_vote(half_day, now)
    answers = [
        fresh_phone().post(PHONE, {"idee": row.pk, "gommettes": "3"}).status_code for _ in range(30)
    ]
    assert (answers.count(302), answers.count(422)) == (14, 16)
    assert Gommette.objects.count() == voices.n_given(half_day.seance) == 14


def test_a_voice_that_the_site_did_not_sign_is_none(half_day, idea, now):
    row = idea("Une navette")
    open_vote(half_day, now)
    key = "a" * 32
    Voix.objects.create(cle=key, seance=half_day.seance, donnee=True)
    forged = [key, f"{half_day.seance.pk}:{key}", signing.dumps(["demi-journee", key], salt="x"),
              signing.dumps(["demi-journee", "b" * 32], salt=voices.SALT)]  # fmt: skip
    for token in forged:
        assert voices.read_voice(token, seance=half_day.seance) == ""
    with pytest.raises(CooperationError, match="n'a pas de voix"):
        workshop.put_dots(idea=row, voix="", nombre=1, now=now)


def test_one_voice_for_each_badge_and_none_says_which(half_day, idea, present, now):
    half_day.seance.voix_par_badge = True
    half_day.seance.save()
    ana, bob = present(2)
    row = idea("Une navette")
    open_vote(half_day, now)
    stranger = fresh_phone()
    assert stranger.post(PHONE, {"idee": row.pk, "gommettes": "1"}).status_code == 422
    for guest in (ana, bob):
        phone = Client()
        opened = phone.post(f"/badge/{guest.badge}/", {"faire": "voix"})
        assert opened.url == PHONE
        phone.post(PHONE, {"college": "etat"})
        assert phone.post(PHONE, {"idee": row.pk, "gommettes": "1"}).status_code == 302
        again = Client().post(f"/badge/{guest.badge}/", {"faire": "voix"})
        assert again.url == f"/badge/{guest.badge}/"
    assert Gommette.objects.count() == 2
    # Neither a voice nor a dot has a column that leads to a guest, a date or a key in clear.
    assert {field.name for field in Voix._meta.fields} == {"cle", "seance", "donnee"}
    keys = set(Voix.objects.values_list("cle", flat=True))
    assert not keys & set(Gommette.objects.values_list("voix", flat=True))


def test_a_merge_keeps_the_objection_the_dots_and_shows_the_opinions(half_day, idea, now):
    by = half_day.steerer
    the_first, the_second = idea("Une navette"), idea("Un car")
    open_vote(half_day, now)
    workshop.put_dots(idea=the_first, voix="a", nombre=1, now=now)
    workshop.put_dots(idea=the_second, voix="a", nombre=1, now=now)
    workshop.put_dots(idea=the_second, voix="b", nombre=2, now=now)
    for k in range(12):
        idea_operations.give_opinion(
            idea=the_first, voix=f"v{k}", college=CollegeDeclare.ETAT, avis=Avis.ACCORD, now=now
        )
    objection = workshop.object_to(by=by, idea=the_first, texte="Trop cher", now=now)
    child = idea_operations.merge_ideas(
        by=by, ideas=[the_first, the_second], texte="Rouler", now=now
    )
    progress = deliberation.progress_of(child)
    assert [str(row) for row in progress.objections] == ["Trop cher"]
    assert (progress.standing, progress.ready, progress.gates) == (1, False, [])
    # "a" had one dot on each: two, in one row; "b" keeps its two.
    assert sorted(child.gommettes.values_list("voix", "nombre")) == [("a", 2), ("b", 2)]
    first, second = deliberation.origins_of(child)
    assert (first.dots, first.voters, second.dots, second.voters) == (1, 1, 3, 2)
    assert len(first.gates) == 4
    # Twelve of twelve agree: 12 beside 12 would give away that no one disagrees.
    assert list(first.agreement.groups) == [CollegeDeclare.ETAT.label]
    assert first.agreement.consensus is None
    # Through two more generations, it stands until it is lifted.
    parts = idea_operations.split_idea(by=by, idea=child, texts=["Navette", "Car"], now=now)
    assert [deliberation.progress_of(part).standing for part in parts] == [1, 1]
    workshop.answer_objection(by=by, objection=objection, reponse="Sans achat", levee=True)
    assert [deliberation.progress_of(part).standing for part in parts] == [0, 0]


def test_a_split_gives_the_dots_back(half_day, idea, now):
    row = idea("Une navette et un foyer")
    open_vote(half_day, now)
    workshop.put_dots(idea=row, voix="a", nombre=3, now=now)
    parts = idea_operations.split_idea(
        by=half_day.steerer, idea=row, texts=["Navette", "Foyer"], now=now
    )
    assert not Gommette.objects.exists()
    assert [deliberation.origins_of(part)[0].dots for part in parts] == [3, 3]


def test_dots_on_an_idea_objected_to_are_seen_and_may_be_taken_back(half_day, idea, now):
    first, second = idea("Une navette"), idea("Un car")
    open_vote(half_day, now)
    phone = fresh_phone()
    phone.post(PHONE, {"idee": first.pk, "gommettes": "3"})
    workshop.object_to(by=half_day.steerer, idea=first, texte="Trop cher", now=now)
    page = phone.get(PHONE)
    assert [(str(row), n, ready) for row, n, ready in page.context["dotted"]] == [
        ("Une navette", 3, False), ("Un car", 0, True),
    ]  # fmt: skip
    assert phone.post(PHONE, {"idee": first.pk, "gommettes": "1"}).status_code == 302
    assert phone.post(PHONE, {"idee": first.pk, "gommettes": "2"}).status_code == 422
    assert phone.post(PHONE, {"idee": second.pk, "gommettes": "2"}).status_code == 302


def test_a_decision_freezes_what_carried_it(half_day, idea, present, now):
    by = half_day.steerer
    present(3)
    row = idea("Une navette")
    open_vote(half_day, now)
    workshop.put_dots(idea=row, voix="a", nombre=2, now=now)
    objection = workshop.object_to(by=by, idea=row, texte="Trop cher", now=now)
    decision = idea_operations.decide(
        by=by,
        seance=half_day.seance,
        ideas=[row],
        now=now,
        taken=Taken(
            texte="Une navette",
            methode="vote",
            par="tous",
            resultat=ResultatDecision.RETENUE,
            prise_le=now.date(),
        ),
    )
    workshop.answer_objection(by=by, objection=objection, reponse="Sans achat", levee=True)
    workshop.put_dots(idea=row, voix="b", nombre=3, now=now)
    decision.refresh_from_db()
    (sheet,) = decision.fiche["idees"]
    assert decision.fiche["presents"] == 3
    assert (sheet["gommettes"], sheet["votants"]) == (2, 1)
    assert sheet["objections"] == [{"objection": objection.pk, "repondue": False, "levee": False}]
    assert [answered_filter["reponse"] for answered_filter in sheet["filtres"]] == ["oui"] * 4
    # Words erased later do not stay here.
    assert "Une navette" not in str(decision.fiche)
    assert "Trop cher" not in str(decision.fiche)
    shown = Client().get(SESSION).content.decode()
    assert "Objection maintenue\u00a0: Trop cher" in shown
    assert "Sans achat" not in shown  # answered after the decision
    moderation.erase(by=by, row=objection, motif="", now=now)
    shown = Client().get(SESSION).content.decode()
    assert "Objection maintenue\u00a0: (propos effacé)" in shown
    decision.fiche = {}
    with pytest.raises(DatabaseError), transaction.atomic():
        decision.save()


def test_one_statement_at_a_time_the_least_answered_first(half_day, idea, now):
    half_day.seance.etape = "avis"
    half_day.seance.save()
    first, second = idea("Une navette"), idea("Un car")
    idea_operations.give_opinion(
        idea=second, voix="x", college=CollegeDeclare.ETAT, avis=Avis.ACCORD, now=now
    )
    phone = fresh_phone()
    assert phone.get(PHONE).context["idea"] == first
    page = phone.get(PHONE)
    assert page.content.decode().count('name="avis"') == 3
    phone.post(PHONE, {"idee": first.pk, "avis": "accord"})
    assert phone.get(PHONE).context["idea"] == second
    phone.post(PHONE, {"idee": second.pk, "avis": "passe"})
    assert phone.get(PHONE).context["idea"] is None
    assert phone.get(f"{PHONE}?idee={first.pk}").context["my_opinion"] == "accord"
    assert AvisIdee.objects.count() == 3
    assert Idee.objects.count() == 2
