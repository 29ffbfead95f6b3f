"""The words of who runs the room: those of a decision and of its gates are moderated as others."""

import html
import io
from datetime import date

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from pypdf import PdfReader

from traitdunion.accounts.models import Access
from traitdunion.cooperation.enums import Critere, Reponse, ResultatDecision
from traitdunion.cooperation.models import Decision, Filtre, Moderation, RaisonFiltre
from traitdunion.cooperation.roadmap import operations as roadmap_operations
from traitdunion.cooperation.sessions import ideas as idea_operations
from traitdunion.cooperation.sessions import moderation
from traitdunion.cooperation.sessions.ideas import Taken

pytestmark = [pytest.mark.django_db, pytest.mark.databases]
SESSION = "/cooperation/seances/demi-journee/"
NAMES = "Madame Durand est incapable"
GATE = "Monsieur Petit bloque tout"


@pytest.fixture
def decision(half_day, now):
    """A decision whose words and one gate name people, with an action that follows from it."""
    by = half_day.steerer
    idea = idea_operations.add_idea(axe=half_day.axes[0], texte="Une navette", now=now)
    answers = dict.fromkeys(Critere, (Reponse.OUI, "")) | {Critere.COOPERATION: (Reponse.NON, GATE)}
    idea_operations.assess(by=by, idea=idea, answers=answers, now=now)
    row = idea_operations.decide(
        by=by,
        seance=half_day.seance,
        ideas=[idea],
        now=now,
        taken=Taken(
            texte=NAMES,
            methode="vote",
            par="les élus",
            resultat=ResultatDecision.RETENUE,
            prise_le=date(2026, 6, 19),
        ),
    )
    roadmap_operations.create_action(
        by=by, axe=half_day.axes[0], titre="Rouler", decision=row, now=now
    )
    return row


def read(address):
    return html.unescape(Client().get(address).content.decode())


def pages(decision):
    """What shows a decision to everybody."""
    action = decision.actions.get()
    collected = [SESSION, f"{SESSION}filiation/", f"/cooperation/actions/{action.pk}/"]
    return [*collected, *(f"{SESSION}{name}" for name in ("ecran/", "ressaisie.csv"))]


def test_a_name_is_masked_in_a_decision_and_in_its_gate(decision, half_day, client):
    assert NAMES in read(SESSION)
    assert GATE in read(SESSION)
    client.force_login(half_day.steerer)
    page = SESSION + "relecture/"
    cards = {card["key"]: card for card in client.get(page).context["groups"][2][2]}
    gate = RaisonFiltre.objects.get()
    for key, name in (
        (f"decision-{decision.pk}", "texte"),
        (f"raisonfiltre-{gate.pk}", "pourquoi"),
    ):
        fields = {field: proposed for field, _, proposed, _ in cards[key]["fields"]}
        assert fields[name].startswith("[nom masqué]")
        sent = {f"mot-{field}": value for field, value in fields.items()}
        client.post(page, {"propos": key, "faire": "corriger", **sent})
    shown = read(SESSION)
    assert "[nom masqué] est incapable" in shown
    assert "[nom masqué] bloque tout" in shown
    assert "Par les élus, vote" in shown
    for address in pages(decision):
        assert "Durand" not in read(address), address
        assert "Petit" not in read(address), address
    # The trace keeps the words, for who runs the session; the gate itself follows.
    assert NAMES in str(list(Moderation.objects.values("mots")))
    assert Filtre.objects.get(critere=Critere.COOPERATION).pourquoi == "[nom masqué] bloque tout"


def test_an_erasure_leaves_no_word_in_any_table(decision, half_day, now):
    gate = RaisonFiltre.objects.get()
    reason = half_day.seance.refusal_reasons[0]
    moderation.refuse(by=half_day.steerer, row=decision, motif=reason, now=now)
    assert "(propos refusé)" in read(SESSION)
    for row in (decision, gate):
        moderation.erase(by=half_day.steerer, row=row, motif="", now=now)
    kept = [
        list(model.objects.values())
        for model in (Decision, RaisonFiltre, Filtre, Moderation, Access)
    ]
    assert "Durand" not in str(kept)
    assert "Petit" not in str(kept)
    assert [act.geste for act in Moderation.objects.order_by("pk")] == [
        "refuser", "effacer", "effacer",
    ]  # fmt: skip
    assert "(propos effacé)" in read(SESSION)


def test_the_journal_names_what_may_be_erased_by_its_key(decision):
    labels = list(Access.objects.values_list("target_label", flat=True))
    assert f"décision {decision.pk}" in labels
    assert not [label for label in labels if "navette" in label.lower() or NAMES in label]


def test_the_words_of_a_decision_change_by_moderation_alone(decision, half_day, now):
    def refused(**changes):
        with pytest.raises(DatabaseError), transaction.atomic():
            Decision.objects.filter(pk=decision.pk).update(**changes)

    refused(texte="Autre")
    refused(texte="Autre", gestes=1)  # no trace was left
    words = {"texte": "Nous roulerons", "methode": "vote", "par": "les élus"}
    moderation.correct(by=half_day.steerer, row=decision, words=words, now=now)
    decision.refresh_from_db()
    assert (decision.texte, decision.gestes) == ("Nous roulerons", 1)
    refused(texte="Encore", gestes=1)  # one trace, one change
    Moderation.objects.create(
        seance=half_day.seance, sorte="decision", numero=decision.pk, geste="corriger", le=now
    )
    # Neither what was decided nor what carried it changes, whatever was moderated.
    refused(texte="Encore", gestes=2, resultat="ecartee")
    refused(gestes=2, fiche={})
    refused(gestes=2, prise_le=date(2026, 1, 1))


def test_a_gate_answered_again_leaves_the_decision_as_it_was(decision, half_day, now):
    idea = decision.idees.get()
    again = dict.fromkeys(Critere, (Reponse.EN_PARTIE, "On verra"))
    idea_operations.assess(by=half_day.steerer, idea=idea, answers=again, now=now)
    assert GATE in read(SESSION)
    assert "On verra" not in read(SESSION)


def test_a_private_roadmap_names_no_action_on_the_pages_of_its_session(half_day, decision, client):
    """They are counted there, and named to those who see the roadmap alone."""
    half_day.seance.visibilite_feuille = "privee"
    half_day.seance.save()
    named = [SESSION + name for name in ("bilan/", "bilan.pdf", "filiation/")]
    for address in (SESSION, *named):
        assert "Rouler" not in content_of(Client().get(address)), address
    client.force_login(half_day.steerer)
    for address in named:
        assert "Rouler" in content_of(client.get(address)), address


def content_of(response):
    """What a page or a PDF holds, as text."""
    if response.content.startswith(b"%PDF"):
        pages = PdfReader(io.BytesIO(response.content)).pages
        return "".join(page.extract_text() for page in pages)
    return response.content.decode()
