"""Consent, dots, photographs, situations, decisions never rewritten, what a phone sends twice."""

import re
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from traitdunion.cooperation.enums import CollegeDeclare, Critere, Reponse, ResultatDecision
from traitdunion.cooperation.models import Decision, Gommette, Idee, Regard
from traitdunion.cooperation.operations import CooperationError
from traitdunion.cooperation.roadmap import operations as roadmap_operations
from traitdunion.cooperation.sessions import deliberation, moderation, workshop
from traitdunion.cooperation.sessions import ideas as idea_operations
from traitdunion.cooperation.sessions.ideas import Taken
from traitdunion.cooperation.sessions.photographs import without_metadata

pytestmark = pytest.mark.django_db
SESSION = "/cooperation/seances/demi-journee/"
PHONE = "/participer/ABC234/"


@pytest.fixture
def idea(half_day, now):
    """Function that says an idea and, unless told otherwise, lets it through the gates."""

    def idea_(text, *, reponse=Reponse.OUI):
        row = idea_operations.add_idea(axe=half_day.axes[0], texte=text, now=now)
        answers = dict.fromkeys(Critere, (reponse, "parce que"))
        idea_operations.assess(by=half_day.steerer, idea=row, answers=answers, now=now)
        return row

    return idea_


@pytest.fixture
def voting(half_day, now):
    workshop.open_vote(by=half_day.steerer, seance=half_day.seance, opened=True, now=now)


def test_an_idea_is_ready_through_its_gates_and_without_objection(half_day, idea, now):
    by = half_day.steerer
    bare = idea_operations.add_idea(axe=half_day.axes[0], texte="Sans filtre", now=now)
    stopped = idea("Arrêtée", reponse=Reponse.NON)
    partly = idea("En partie", reponse=Reponse.EN_PARTIE)
    ready = {state.idea: state.ready for state in deliberation.progress(half_day.seance)}
    assert ready == {bare: False, stopped: False, partly: True}
    objection = workshop.object_to(by=by, idea=partly, texte="Trop cher", now=now)
    assert not deliberation.progress_of(Idee.objects.get(pk=partly.pk)).ready
    with pytest.raises(CooperationError, match="a eu sa réponse"):
        workshop.answer_objection(by=by, objection=objection, reponse=" ", levee=True)
    workshop.answer_objection(by=by, objection=objection, reponse="Sans achat", levee=False)
    assert not deliberation.progress_of(Idee.objects.get(pk=partly.pk)).ready
    workshop.answer_objection(by=by, objection=objection, reponse="Sans achat", levee=True)
    assert deliberation.progress_of(Idee.objects.get(pk=partly.pk)).ready


def test_dots_stay_under_the_cap_wherever_they_are_put(half_day, idea, voting, now):
    first, second = idea("Un"), idea("Deux")
    assert workshop.put_dots(idea=first, voix="a", nombre=2, now=now) == 1
    with pytest.raises(CooperationError, match="3 gommettes en tout, dont 2"):
        workshop.put_dots(idea=second, voix="a", nombre=2, now=now)
    assert workshop.put_dots(idea=first, voix="a", nombre=1, now=now) == 2  # replaced, not added
    assert workshop.put_dots(idea=second, voix="a", nombre=2, now=now) == 0
    workshop.put_dots(idea=second, voix="b", nombre=3, now=now)
    by_key = {p.idea: (p.dots, p.voters) for p in deliberation.progress(half_day.seance)}
    assert by_key == {first: (1, 1), second: (5, 2)}
    workshop.put_dots(idea=first, voix="a", nombre=0, now=now)
    assert Gommette.objects.count() == 2
    with pytest.raises(CooperationError):
        workshop.put_dots(idea=first, voix="a", nombre=-1, now=now)


def test_no_dot_before_the_vote_opens_nor_on_an_idea_objected_to(half_day, idea, now):
    row = idea("Un")
    with pytest.raises(CooperationError, match="n'est pas ouvert"):
        workshop.put_dots(idea=row, voix="a", nombre=1, now=now)
    workshop.open_vote(by=half_day.steerer, seance=half_day.seance, opened=True, now=now)
    workshop.object_to(by=half_day.steerer, idea=row, texte="Non", now=now)
    with pytest.raises(CooperationError, match="tour de consentement"):
        workshop.put_dots(idea=row, voix="a", nombre=1, now=now)


@pytest.mark.databases
def test_a_decision_is_never_rewritten(half_day, idea, now):
    def decide(texte, remplace=None):
        return idea_operations.decide(
            by=half_day.steerer,
            seance=half_day.seance,
            ideas=[row],
            now=now,
            taken=Taken(
                texte=texte,
                par="tous",
                methode="consentement",
                resultat=ResultatDecision.RETENUE,
                prise_le=date(2026, 6, 19),
                revue_le=date(2026, 12, 19),
                remplace=remplace,
            ),
        )

    row = idea("Un")
    first = decide("Nous le ferons")
    with pytest.raises(DatabaseError), transaction.atomic():
        Decision.objects.filter(pk=first.pk).update(texte="Finalement non")
    first.texte = "Finalement non"
    with pytest.raises(DatabaseError), transaction.atomic():
        first.save()
    second = decide("Nous le ferons à Brioude", remplace=first)
    assert Decision.objects.get(pk=first.pk).texte == "Nous le ferons"
    assert Decision.objects.get(pk=first.pk).remplacee_par == second
    with pytest.raises(CooperationError):
        decide("Encore", remplace=first)


def test_a_phone_that_sends_twice_is_heard_once(half_day, client):
    client.post(PHONE, {"college": "etat"})
    sent = {"axe": half_day.axes[0].pk, "texte": "Une navette", "cle": "a" * 32}
    for _ in range(2):
        answered = client.post(PHONE, sent, headers={"accept": "application/json"})
        assert answered.json() == {"message": "Votre idée est enregistrée. Merci."}
    client.post(PHONE, sent | {"cle": "b" * 32})
    client.post(PHONE, sent | {"cle": "ce n'est pas une clé"})
    assert Idee.objects.count() == 3
    refused = client.post(
        PHONE, sent | {"cle": "c" * 32, "texte": "Le 06 12 34 56 78"},
        headers={"accept": "application/json"},
    )  # fmt: skip
    assert refused.status_code == 422
    assert "numéro ou une adresse" in refused.json()["message"]


def test_a_look_sent_twice_is_kept_once_and_forms_have_their_own_key(half_day, client, now):
    situation = workshop.add_situation(
        by=half_day.steerer, seance=half_day.seance, prenom="Sam", recit="Sans bus.", now=now
    )
    client.post(PHONE, {"college": "etat"})
    sent = {
        "situation": situation.pk,
        "organisation": "DDETSPP",
        "vu": "Trop loin",
        "cle": "a" * 32,
    }
    for _ in range(2):
        assert client.post(PHONE, sent, headers={"accept": "application/json"}).status_code == 200
    assert Regard.objects.count() == 1
    client.post(PHONE, sent | {"cle": "b" * 32, "vu": "Et trop tôt"})
    assert Regard.objects.count() == 2
    keys = re.findall(r'name="cle" value="(\w+)"', client.get(PHONE).content.decode())
    assert len(keys) == len(set(keys)) == 3


def test_phones_put_dots_by_the_page(half_day, idea, voting, client):
    row = idea("Un")
    client.post(PHONE, {"college": "etat"})
    client.post(PHONE, {"idee": row.pk, "gommettes": "2"})
    assert Gommette.objects.get().nombre == 2
    page = client.get(PHONE)
    assert page.context["dots_left"] == 1
    assert client.post(PHONE, {"idee": row.pk, "gommettes": "4"}).status_code == 422


HIDDEN = b"GPS 45.29 chez Jeanne"


def jpeg(**more):
    """A small red photograph, with what `more` adds to the file."""
    written = BytesIO()
    Image.new("RGB", (40, 30), (200, 30, 30)).save(written, "JPEG", **more)
    return written.getvalue()


def png():
    written, metadata = BytesIO(), PngInfo()
    metadata.add_text("Comment", HIDDEN.decode())
    Image.new("RGBA", (40, 30), (200, 30, 30, 255)).save(written, "PNG", pnginfo=metadata)
    return written.getvalue()


def with_exif():
    exif = Image.Exif()
    exif[0x010E] = HIDDEN.decode()  # ImageDescription
    return jpeg(exif=exif)


def with_a_second_picture():
    """As phones do for Ultra HDR: another picture, with its own EXIF, behind the first."""
    written = BytesIO()
    first, second = Image.new("RGB", (40, 30), (200, 30, 30)), Image.new("RGB", (40, 30))
    exif = Image.Exif()
    exif[0x010E] = HIDDEN.decode()
    first.save(written, "MPO", save_all=True, append_images=[second], exif=exif)
    return written.getvalue()


def between_progressive_scans():
    """An APP1 segment after the first scan, where a filter of the head does not look."""
    content = jpeg(progressive=True)
    at = content.index(b"\xff\xda", content.index(b"\xff\xda") + 2)
    segment = b"\xff\xe1" + (len(HIDDEN) + 2).to_bytes(2, "big") + HIDDEN
    return content[:at] + segment + content[at:]


@pytest.mark.parametrize(
    "made",
    [with_exif, with_a_second_picture, between_progressive_scans, png,
     lambda: jpeg(comment=HIDDEN), lambda: jpeg() + b"ftypmp42" + HIDDEN],
)  # fmt: skip
def test_nothing_but_the_pixels_of_a_photograph_is_kept(made):
    content = made()
    assert HIDDEN in content
    kind, kept = without_metadata(content)
    assert kind == "image/jpeg"
    assert HIDDEN not in kept
    with Image.open(BytesIO(kept)) as photo:
        assert (photo.format, photo.size) == ("JPEG", (40, 30))
        assert not photo.getexif()
        assert all(abs(a - b) < 8 for a, b in zip(photo.getpixel((20, 15)), (200, 30, 30),
                                                  strict=True))  # fmt: skip


def test_a_photograph_taken_sideways_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn
    with Image.open(BytesIO(without_metadata(jpeg(exif=exif))[1])) as photo:
        assert photo.size == (30, 40)


def test_a_large_photograph_is_kept_smaller():
    written = BytesIO()
    Image.new("RGB", (5000, 2500)).save(written, "JPEG")
    with Image.open(BytesIO(without_metadata(written.getvalue())[1])) as photo:
        assert photo.size == (2400, 1200)


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", jpeg()[:200]]
)
def test_what_is_no_photograph_is_refused_in_french(content):
    with pytest.raises(CooperationError, match="photo"):
        without_metadata(content)


def test_a_sheet_is_kept_and_shown_to_who_steers(half_day, client, tmp_path):
    path = tmp_path / "feuille.jpg"
    path.write_bytes(with_exif())
    client.force_login(half_day.steerer)
    with path.open("rb") as photo:
        form = {"axe": half_day.axes[0].pk, "table": 4, "photo": photo}
        assert client.post(SESSION + "feuilles/", form).status_code == 302
    kept = half_day.axes[0].feuilles.get()
    shown = client.get(f"/cooperation/feuilles/{kept.pk}/")
    assert shown["Content-Type"] == "image/jpeg"
    assert shown.content == without_metadata(path.read_bytes())[1]


def test_a_lever_becomes_a_commitment_its_organisation_confirms(half_day, client, now):
    by = half_day.steerer
    situation = workshop.add_situation(
        by=by, seance=half_day.seance, prenom="Lina", recit="Sans permis, à 12 km.", now=now
    )
    client.post(PHONE, {"college": "employeurs"})
    fields = {"situation": situation.pk, "organisation": "OFS", "vu": "Des horaires décalés"}
    client.post(PHONE, fields | {"levier": "Deux vélos à assistance"})
    client.post(PHONE, fields | {"vu": "Rien de plus"})
    lever, mute = Regard.objects.order_by("pk")
    sides = dict(workshop.by_side(situation))
    assert sides["Employeurs"] == [lever, mute]
    assert sides["État"] == []
    action = roadmap_operations.create_action(by=by, axe=half_day.axes[0], titre="Rouler", now=now)
    promised = {
        "by": by, "action": action, "organisation": half_day.partner, "quantite": Decimal(2),
        "unite": "vélos", "pour_le": date(2026, 9, 1), "now": now,
    }  # fmt: skip
    pledge = workshop.pledge_from(regard=lever, **promised)
    assert (pledge.quoi, pledge.etat) == ("Deux vélos à assistance", "propose")
    with pytest.raises(CooperationError, match="déjà devenu"):
        workshop.pledge_from(regard=lever, **promised)
    with pytest.raises(CooperationError, match="Personne n'a dit de levier"):
        workshop.pledge_from(regard=mute, **promised)
    roadmap_operations.confirm(by=half_day.partner_admin, commitment=pledge, now=now)
    client.force_login(by)
    assert "Confirmé" in client.get(SESSION + "situations/").content.decode()


def test_a_lever_is_pledged_by_the_page(half_day, client, now):
    by = half_day.steerer
    situation = workshop.add_situation(
        by=by, seance=half_day.seance, prenom="Lina", recit="Sans permis.", now=now
    )
    lever = workshop.look_at(
        situation=situation, organisation="OFS", college=CollegeDeclare.EMPLOYEURS, vu="Vu",
        levier="Deux vélos", now=now,
    )  # fmt: skip
    action = roadmap_operations.create_action(by=by, axe=half_day.axes[0], titre="Rouler", now=now)
    client.force_login(by)
    form = {"regard": lever.pk, "action": action.pk, "organisation": "ofs", "quantite": "2",
            "unite": "vélos", "pour_le": "2026-09-01"}  # fmt: skip
    assert client.post(SESSION + "situations/", form | {"unite": ""}).status_code == 422
    assert client.post(SESSION + "situations/", form).status_code == 302
    lever.refresh_from_db()
    assert lever.engagement.action == action


def test_only_those_who_steer_run_the_room(half_day, idea, now):
    row = idea("Un")
    for person in (half_day.adviser, half_day.partner_admin):
        with pytest.raises(PermissionDenied):
            workshop.object_to(by=person, idea=row, texte="Non", now=now)
        with pytest.raises(PermissionDenied):
            workshop.open_vote(by=person, seance=half_day.seance, opened=True, now=now)


def test_the_screen_shows_how_to_join_then_the_dots(half_day, idea, client, now):
    row = idea("Une navette")
    client.force_login(half_day.steerer)
    shown = client.get(SESSION + "ecran/").content.decode()
    for words in ("ABC234", "http://testserver/participer/", "Une navette", "<strong>1</strong>"):
        assert words in shown
    client.post(SESSION + "consentement/", {"vote": "1"})
    workshop.put_dots(idea=row, voix="a", nombre=3, now=now)
    # Hidden while the vote runs, to the facilitator as well; shown once it is closed and revealed.
    for page in ("ecran/", "consentement/"):
        running = client.get(SESSION + page).content.decode()
        assert "<strong>1</strong> voix exprimée" in running
        assert "room__dots" not in running
        assert "3 gommettes" not in running
    client.post(SESSION + "consentement/", {"vote": "montrer"})
    assert "room__dots" not in client.get(SESSION + "ecran/").content.decode()
    client.post(SESSION + "consentement/", {"vote": "0"})
    assert "room__dots" not in client.get(SESSION + "ecran/").content.decode()
    client.post(SESSION + "consentement/", {"vote": "montrer"})
    shown = client.get(SESSION + "ecran/").content.decode()
    assert '<span class="room__dots">3</span> Une navette' in shown


LEVER = "Monsieur Petit prête sa camionnette"


def _withdrawn(half_day, look, now):
    moderation.withdraw(row=look, auteur="a" * 32, now=now)


def _erased(half_day, look, now):
    moderation.erase(by=half_day.steerer, row=look, motif="Nomme", now=now)


def _corrected(half_day, look, now):
    words = {"organisation": "OFS", "vu": "Vu", "levier": "Prêter une camionnette"}
    moderation.correct(by=half_day.steerer, row=look, words=words, now=now)


@pytest.mark.parametrize("deed", [_withdrawn, _erased, _corrected])
def test_the_words_of_a_lever_go_from_the_commitment_that_it_became(half_day, deed, now):
    by = half_day.steerer
    situation = workshop.add_situation(
        by=by, seance=half_day.seance, prenom="Lina", recit="Sans permis.", now=now
    )
    look = workshop.look_at(
        situation=situation, organisation="OFS", college=CollegeDeclare.EMPLOYEURS, vu="Vu",
        levier=LEVER, now=now, auteur="a" * 32,
    )  # fmt: skip
    action = roadmap_operations.create_action(by=by, axe=half_day.axes[0], titre="Rouler", now=now)
    workshop.pledge_from(
        by=by, regard=look, action=action, organisation=half_day.partner, quantite=Decimal(2),
        unite="jours", pour_le=date(2026, 9, 1), now=now,
    )  # fmt: skip
    pages = (f"/cooperation/actions/{action.pk}/", SESSION + "feuille-de-route.json")
    assert all(LEVER in Client().get(page).content.decode() for page in pages)
    deed(half_day, look, now)
    assert not any("Petit" in Client().get(page).content.decode() for page in pages)
