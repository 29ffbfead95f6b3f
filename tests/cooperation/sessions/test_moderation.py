"""Words sent in a room: read before or after they are shown, hidden everywhere, withdrawn."""

import io
import re
import zipfile
from html import unescape
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from pypdf import PdfReader

from traitdunion import web
from traitdunion.cooperation.enums import EtatSeance, ResultatDecision, SorteAnnonce
from traitdunion.cooperation.models import Idee, Invite, Moderation, Pilote, Regard, Relance
from traitdunion.cooperation.operations import CooperationError
from traitdunion.cooperation.roadmap import operations as roadmap_operations
from traitdunion.cooperation.roadmap import reminders
from traitdunion.cooperation.roadmap.reminders import token_hash
from traitdunion.cooperation.sessions import guests as inviting
from traitdunion.cooperation.sessions import ideas as idea_operations
from traitdunion.cooperation.sessions import lifecycle, moderation, names, workshop
from traitdunion.cooperation.sessions.deliberation import progress_of
from traitdunion.cooperation.sessions.ideas import Taken

pytestmark = pytest.mark.django_db
SESSION = "/cooperation/seances/demi-journee/"
PHONE = "/participer/ABC234/"
INSULT = "Quel ramassis de bras cassés"
REASON = "Injure"


def text_of(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def content_of(response):
    """What a page or a file holds, as text; files of office suites are zips of XML."""
    content = response.content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            content = b"".join(parts.read(name) for name in parts.namelist())
    if content.startswith(b"%PDF"):
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return content.decode(errors="replace")


@pytest.fixture
def read_first(half_day):
    half_day.seance.relecture = "avant"
    half_day.seance.save()
    return half_day


def sent_by_a_phone(axe, text):
    """A phone that declared a college and sent an idea."""
    phone = Client()
    phone.post(PHONE, {"college": "employeurs"})
    phone.post(PHONE, {"axe": axe.pk, "texte": text})
    return phone


@pytest.mark.parametrize(
    ("policy", "insult_waits", "name_waits"),
    [("sans", False, False), ("apres", False, True), ("avant", True, True)],
)
def test_a_session_says_when_words_are_read(half_day, now, policy, insult_waits, name_waits):
    half_day.seance.relecture = policy
    half_day.seance.save()
    axe = half_day.seance.axes.first()
    for text, waits in ((INSULT, insult_waits), ("Madame Durand ne fait rien", name_waits)):
        row = idea_operations.add_idea(axe=axe, texte=text, now=now)
        assert row.is_shown is not waits
        assert (text in Idee.objects.get(pk=row.pk).texte) is not waits


def test_the_words_that_may_not_be_read_are_in_no_row_of_ideas(read_first, now):
    """A page that forgets to ask shows a placeholder: the words are in the trace alone."""
    row = idea_operations.add_idea(axe=read_first.axes[0], texte=INSULT, now=now)
    assert Idee.objects.get().texte == "(propos en attente de relecture)"
    assert moderation.hidden_words(row) == {"texte": INSULT}
    with pytest.raises(PermissionDenied):
        moderation.show(by=read_first.adviser, row=row, now=now)
    moderation.show(by=read_first.steerer, row=row, now=now)
    assert Idee.objects.get().texte == INSULT


def test_a_refusal_bears_one_of_the_published_reasons_and_the_author_reads_it(read_first, client):
    axe = read_first.seance.axes.first()
    phone = sent_by_a_phone(axe, INSULT)
    assert "En attente de relecture" in text_of(phone.get(PHONE))
    version = phone.get(PHONE + "etat/").json()["version"]
    client.force_login(read_first.steerer)
    page = SESSION + "relecture/"
    assert INSULT in text_of(client.get(page))
    propos = f"idee-{Idee.objects.get().pk}"
    client.post(page, {"propos": propos, "faire": "refuser", "motif": "Parce que"})
    assert Idee.objects.get().propos == "attente"
    client.post(page, {"propos": propos, "faire": "refuser", "motif": REASON})
    # The phone asks for this digest every six seconds, and reloads where it changed.
    assert phone.get(PHONE + "etat/").json()["version"] != version
    page_text = text_of(phone.get(PHONE))
    assert f"{INSULT} Refusé. Motif : injure." in page_text
    assert INSULT not in text_of(Client().get(SESSION))


def refuse(half_day, row, other, now):
    moderation.refuse(by=half_day.steerer, row=row, motif=REASON, now=now)


def correct(half_day, row, other, now):
    moderation.correct(by=half_day.steerer, row=row, words={"texte": "Une navette"}, now=now)


def erase(half_day, row, other, now):
    moderation.erase(by=half_day.steerer, row=row, motif="", now=now)


def merge(half_day, row, other, now):
    idea_operations.merge_ideas(by=half_day.steerer, ideas=[row, other], texte="Les deux", now=now)


def decide(half_day, row, other, now):
    idea_operations.decide(
        by=half_day.steerer,
        seance=half_day.seance,
        ideas=[row],
        now=now,
        taken=Taken(
            texte="Nous roulerons",
            par="tous",
            methode="vote",
            resultat=ResultatDecision.RETENUE,
            prise_le=now.date(),
        ),
    )


@pytest.mark.parametrize(
    ("become", "words"),
    [
        (refuse, "Refusé. Motif : injure."),
        (correct, "Une navette Corrigé par l'animation."),
        (erase, "Effacé."),
        (merge, "Regroupée avec d'autres : « Les deux »."),
        (decide, "Retenue : Nous roulerons"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_the_author_reads_within_a_minute_what_became_of_their_words(half_day, now, become, words):
    """The phone asks for `etat/` every `FOLLOW_MS`, and loads its page again where it changed."""
    script = (Path(web.__file__).parent / "static/web/phone.js").read_text("utf-8")
    assert int(re.search(r"const FOLLOW_MS = (\d+);", script)[1]) <= 60_000 / 2
    axe = half_day.seance.axes.first()
    phone = sent_by_a_phone(axe, "Un car")
    row = Idee.objects.get()
    other = idea_operations.add_idea(axe=axe, texte="Un vélo", now=now)
    version = phone.get(PHONE + "etat/").json()["version"]
    assert phone.get(PHONE + "etat/").json()["version"] == version
    become(half_day, row, other, now)
    assert phone.get(PHONE + "etat/").json()["version"] != version
    assert words in text_of(phone.get(PHONE))


def test_no_session_opens_without_its_published_reasons(half_day, now):
    seance = half_day.seance
    seance.motifs_refus = " \n"
    with pytest.raises(CooperationError, match="publiez les motifs"):
        lifecycle.change_state(by=half_day.steerer, seance=seance, etat=EtatSeance.OUVERTE, now=now)
    seance.motifs_refus = "Injure"
    lifecycle.change_state(by=half_day.steerer, seance=seance, etat=EtatSeance.OUVERTE, now=now)
    seance.ferme_le = now.replace(year=2099)
    seance.save()
    phone = Client()
    phone.post(PHONE, {"college": "etat"})
    assert "Motifs pour lesquels un propos peut être refusé : Injure" in text_of(phone.get(PHONE))


def test_an_open_session_keeps_its_published_reasons(half_day, client):
    """Without them nothing could be refused any more."""
    client.force_login(half_day.steerer)
    page = SESSION + "preparer/"
    typed = client.get(page).context["form"].initial
    typed = {name: value for name, value in typed.items() if value is not None}
    refused = client.post(page, typed | {"motifs_refus": " "})
    assert refused.status_code == 422
    assert "gardez au moins un motif" in text_of(refused)
    half_day.seance.refresh_from_db()
    assert half_day.seance.refusal_reasons
    assert client.post(page, typed | {"motifs_refus": "Hors sujet"}).status_code == 302
    half_day.seance.refresh_from_db()
    assert half_day.seance.refusal_reasons == ["Hors sujet"]


def test_a_correction_masks_a_name_and_keeps_its_trace(half_day, client, now):
    half_day.seance.relecture = "apres"
    half_day.seance.save()
    text = "M. Dupuis bloque tout au service des permis"
    phone = sent_by_a_phone(half_day.seance.axes.first(), text)
    client.force_login(half_day.steerer)
    page = SESSION + "relecture/"
    card = client.get(page).context["groups"][0][2][0]
    assert card["names"] == ["M. Dupuis"]
    ((_, _, proposed, _),) = card["fields"]
    assert proposed == "[nom masqué] bloque tout au service des permis"
    client.post(page, {"propos": card["key"], "faire": "corriger", "mot-texte": proposed})
    assert Idee.objects.current().get().texte == proposed
    assert "Corrigé par l'animation" in text_of(phone.get(PHONE))
    acts = Moderation.objects.order_by("pk")
    assert [act.geste for act in acts] == ["attendre", "corriger"]
    assert acts[0].mots == {"texte": text}
    assert acts[1].par == half_day.steerer


def test_an_erasure_reaches_the_trace_and_leaves_the_count(half_day, client, now):
    row = idea_operations.add_idea(axe=half_day.axes[0], texte=INSULT, now=now)
    moderation.refuse(by=half_day.steerer, row=row, motif=REASON, now=now)
    moderation.erase(by=half_day.steerer, row=row, motif="", now=now)
    assert INSULT not in str(list(Moderation.objects.values()))
    assert Idee.objects.get().texte == "(propos effacé)"
    client.force_login(half_day.steerer)
    assert "1 contribution" in text_of(client.get(SESSION + "ecran/"))
    with pytest.raises(CooperationError, match="rien n'a changé"):
        moderation.show(by=half_day.steerer, row=row, now=now)


def test_only_the_phone_that_sent_words_withdraws_them(half_day):
    phone = sent_by_a_phone(half_day.seance.axes.first(), INSULT)
    key = f"idee-{Idee.objects.get().pk}"
    stranger = Client()
    stranger.post(PHONE, {"college": "etat"})
    assert stranger.post(PHONE, {"retirer": key}).status_code == 422
    assert Idee.objects.get().texte == INSULT
    assert phone.post(PHONE, {"retirer": key}).status_code == 302
    assert Idee.objects.get().texte == "(propos retiré par son auteur)"
    assert INSULT not in str(list(Moderation.objects.values()))
    assert "Retiré par vous" in text_of(phone.get(PHONE))


def test_hiding_an_objection_does_not_lift_it(half_day, client, now):
    by = half_day.steerer
    idea = idea_operations.add_idea(axe=half_day.axes[0], texte="Un foyer", now=now)
    row = workshop.object_to(by=by, idea=idea, texte="Monsieur Petit n'en veut pas", now=now)
    client.force_login(by)
    card = next(
        each_row for each_row in client.get(SESSION + "relecture/").context["groups"][2][2]
        if each_row["kind"] == "Objection"
    )  # fmt: skip
    assert card["names"] == ["Monsieur Petit"]
    ((name, _, proposed, _),) = card["fields"]
    client.post(
        SESSION + "relecture/",
        {"propos": card["key"], "faire": "corriger", f"mot-{name}": proposed},
    )
    assert (
        "[nom masqué] n&#x27;en veut pas" in client.get(SESSION + "consentement/").content.decode()
    )
    moderation.refuse(by=by, row=row, motif=REASON, now=now)
    assert progress_of(idea).standing == 1
    row.refresh_from_db()
    with pytest.raises(CooperationError, match="retirés"):
        workshop.answer_objection(by=by, objection=row, reponse="Rien", levee=True)
    moderation.show(by=by, row=row, now=now)
    row.refresh_from_db()
    workshop.answer_objection(by=by, objection=row, reponse="Vu avec lui", levee=True)
    assert progress_of(idea).standing == 0


def test_a_situation_that_is_hidden_leaves_the_phones_and_takes_no_look(half_day, now):
    by, seance = half_day.steerer, half_day.seance
    rows = [
        workshop.add_situation(by=by, seance=seance, prenom=name, recit=f"{name} attend.", now=now)
        for name in ("Lina", "Malik")
    ]
    phone = Client()
    phone.post(PHONE, {"college": "etat"})
    version = phone.get(PHONE + "etat/").json()["version"]
    for row in rows:  # both then bear the same placeholder for a name
        moderation.erase(by=by, row=row, motif=REASON, now=now)
    assert phone.get(PHONE + "etat/").json()["version"] != version
    assert "attend." not in text_of(phone.get(PHONE))
    look = {"situation": rows[0].pk, "organisation": "OFS", "vu": "Rien"}
    assert phone.post(PHONE, look).status_code == 404
    rows[0].refresh_from_db()
    with pytest.raises(CooperationError, match="plus montrée"):
        workshop.look_at(
            situation=rows[0], organisation="OFS", college="etat", vu="Rien", levier="", now=now
        )


@pytest.mark.parametrize(
    ("text", "proposed"),
    [
        ("Madame Durand ne répond jamais", ["Madame Durand"]),
        ("Demander à Jean Petit de céder", ["Jean Petit"]),
        ("Le maire, c'est Perrin", ["Perrin"]),  # a guest of the session
        ("Une navette au Puy-en-Velay", []),
        ("Haute Loire et France Travail ensemble", []),
        ("Ouvrir la Mairie de Brioude", []),
    ],
)
def test_names_are_proposed_and_places_left(half_day, text, proposed):
    Invite.objects.create(
        seance=half_day.seance, nom="Ana Perrin", organisation="Mairie de Brioude",
        college="collectivites",
    )  # fmt: skip
    assert names.names_in(text, seance=half_day.seance) == proposed


# Every page and file where words sent by a phone or a guest could appear. A page added to the site
# that shows ideas, looks or announcements belongs here.
OF_THE_SESSION = (
    "", "animer/", "saisie/", "consentement/", "ecran/", "situations/", "filiation/", "bilan/",
    "bilan.pdf", "feuille-de-route/", "feuille-de-route.csv", "feuille-de-route.json",
    "feuille-de-route.xlsx", "feuille-de-route.odt", "feuille-de-route.pdf", "feuille-de-route.ics",
    "ressaisie/", "ressaisie.csv", "qualite/", "preparer/", "invites/", "tables/",
    "imprimer/feuilles-a4.pdf",
)  # fmt: skip


def test_hidden_words_are_on_no_page_and_in_no_file(half_day, client, now):
    by, axe = half_day.steerer, half_day.axes[0]
    marks = (
        "Zygomatique", "Ornithorynque", "Quincaillerie", "Hippocampe", "Bathyscaphe", "Coloquinte",
    )  # fmt: skip
    idea = idea_operations.add_idea(axe=axe, texte=f"{marks[0]} à loger", now=now)
    other = idea_operations.add_idea(axe=axe, texte="Ouvrir un foyer", now=now)
    objection = workshop.object_to(by=by, idea=idea, texte=f"{marks[3]} en danger", now=now)
    workshop.answer_objection(by=by, objection=objection, reponse=marks[4], levee=True)
    merged = idea_operations.merge_ideas(by=by, ideas=[idea, other], texte="Loger", now=now)
    decision = idea_operations.decide(
        by=by,
        seance=half_day.seance,
        ideas=[merged],
        now=now,
        taken=Taken(
            texte="Nous logerons",
            methode="vote",
            par="les présents",
            resultat=ResultatDecision.RETENUE,
            prise_le=now.date(),
        ),
    )
    action = roadmap_operations.create_action(
        by=by, axe=axe, titre="Loger", decision=decision, now=now
    )
    situation = workshop.add_situation(
        by=by, seance=half_day.seance, prenom="Lina", recit="Sans permis.", now=now
    )
    look = workshop.look_at(
        situation=situation,
        organisation="OFS",
        college="employeurs",
        vu=marks[1],
        levier="",
        now=now,
    )
    other_situation = workshop.add_situation(
        by=by,
        seance=half_day.seance,
        prenom="Malik",
        recit=f"{marks[5]} au fond du jardin.",
        now=now,
    )
    guest = Invite.objects.create(
        seance=half_day.seance, nom="Ana", organisation="Mairie", college="collectivites",
        carte_publique=True,
    )  # fmt: skip
    announced = inviting.announce(
        guest=guest, sorte=SorteAnnonce.AIDE, quoi=marks[2], ou="", now=now
    )
    client.force_login(by)
    addresses = [SESSION + each_page for each_page in OF_THE_SESSION] + [
        f"/cooperation/actions/{action.pk}/", f"/cooperation/idees/{merged.pk}/",
        "/cooperation/annuaire/", f"/badge/{guest.badge}/", PHONE, "/cooperation/",
    ]  # fmt: skip
    client.post(PHONE, {"college": "etat"})
    shown = "".join(content_of(client.get(each_address)) for each_address in addresses)
    assert all(mark in shown for mark in marks)  # the places looked at are the right ones
    for row in (idea, look, announced, objection, other_situation):
        moderation.refuse(by=by, row=row, motif=REASON, now=now)
    for address in addresses:
        page = client.get(address)
        assert page.status_code == 200, address
        assert not any(mark in content_of(page) for mark in marks), address
    # The thread keeps the link, without the words.
    assert "(propos refusé)" in text_of(client.get(f"/cooperation/actions/{action.pk}/"))
    assert Regard.objects.get().levier == ""


def test_the_news_of_a_pilot_is_corrected_wherever_it_went(half_day, client, now):
    """A blocked action holds the pilot's words in its thread, its state and the exports."""
    by, mark = half_day.steerer, "Madame Durand refuse tout"
    action = roadmap_operations.create_action(
        by=by, axe=half_day.axes[0], titre="Rouler", now=now, fin_prevue_le=now.date()
    )
    Pilote.objects.create(action=action, nom="Ana", courriel="ana@x.example")
    Relance.objects.create(
        action=action, adresse="ana@x.example", envoyee_le=now, empreinte=token_hash("secret")
    )
    reminders.give_news(token="secret", action=action.pk, what="bloque", commentaire=mark, now=now)
    roadmap_operations.follow(by=by, action=action, now=now, commentaire="Point du comité")
    public = [f"/cooperation/actions/{action.pk}/"] + [
        SESSION + each_page
        for each_page in OF_THE_SESSION
        if each_page.startswith(("feuille", "ressaisie"))
    ]
    assert any(mark in content_of(Client().get(each_page)) for each_page in public)
    client.force_login(by)
    page = SESSION + "relecture/"
    event, other = reversed(client.get(page).context["news"])
    assert other.commentaire == "Point du comité"
    fields = {"propos": f"nouvelle-{event.pk}", "faire": "corriger"}
    client.post(page, fields | {"mot-texte": "Le service des permis refuse"})
    for address in public:
        assert mark not in content_of(Client().get(address)), address
    assert "Le service des permis refuse" in content_of(Client().get(public[0]))
    client.post(page, fields | {"faire": "effacer"})
    assert "service des permis" not in content_of(Client().get(public[0]))
    assert "service des permis" not in str(list(Moderation.objects.values()))
