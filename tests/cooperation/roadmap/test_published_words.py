"""Words that the roadmap already published: corrected or erased in every copy, with a trace."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from pypdf import PdfReader

from traitdunion.cooperation.enums import EtatEngagement
from traitdunion.cooperation.models import Engagement, Evenement, Moderation
from traitdunion.cooperation.operations import CooperationError
from traitdunion.cooperation.roadmap import operations, published_words
from traitdunion.cooperation.roadmap.changes import undo
from traitdunion.cooperation.roadmap.operations import Pledge
from traitdunion.cooperation.roadmap.roadmap import roadmap
from traitdunion.cooperation.sessions import on_the_spot

pytestmark = pytest.mark.django_db
SESSION = "/cooperation/seances/demi-journee/"
INSULT, BEARER = "Payer des cours à Madame Durand", "Bande de nuls et fils"
PUBLIC = (
    "", "feuille-de-route/", "feuille-de-route.csv", "feuille-de-route.json",
    "feuille-de-route.xlsx", "feuille-de-route.odt", "feuille-de-route.pdf", "bilan/", "ressaisie/",
)  # fmt: skip


def content_of(response):
    content = response.content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            content = b"".join(parts.read(name) for name in parts.namelist())
    if content.startswith(b"%PDF"):
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return content.decode(errors="replace")


@pytest.fixture
def action(half_day, now):
    return operations.create_action(
        by=half_day.steerer, axe=half_day.axes[0], titre="Rouler", now=now
    )


@pytest.fixture
def in_force(action, now):
    """A commitment of an organisation without an account, confirmed by its mailbox."""
    row = on_the_spot.propose(
        action=action,
        organisation=BEARER,
        courriel="rh@x.example",
        site="https://x.example",
        now=now,
        pledge=Pledge(quoi=INSULT, quantite=1, unite="cours", pour_le=(now + timedelta(30)).date()),
    )
    on_the_spot.confirm_by_mailbox(commitment=row, now=now)
    row.refresh_from_db()
    return row


def everything_kept():
    return str([list(model.objects.values()) for model in (Engagement, Evenement, Moderation)])


def test_a_commitment_in_force_is_erased_everywhere_and_its_organisation_told(
    half_day, action, in_force, client, now, mailoutbox
):
    pages = [SESSION + page for page in PUBLIC] + [f"/cooperation/actions/{action.pk}/"]
    assert any(INSULT in content_of(Client().get(page)) for page in pages)
    client.force_login(half_day.steerer)
    moderation_page = SESSION + "relecture/"
    assert INSULT in content_of(client.get(moderation_page))
    asked = {"propos": f"publie-{in_force.pk}", "faire": "effacer", "motif": "Injure"}
    client.post(moderation_page, asked)
    for address in pages:
        content = content_of(Client().get(address))
        assert not any(words in content for words in (INSULT, BEARER)), address
    kept = everything_kept()
    assert not any(words in kept for words in (INSULT, BEARER))
    in_force.refresh_from_db()
    assert in_force.etat == EtatEngagement.RETIRE
    act = Moderation.objects.get()
    assert (act.sorte, act.geste, act.motif, act.par) == (
        "engagement", "effacer", "Injure", half_day.steerer,
    )  # fmt: skip
    last = mailoutbox[-1]
    assert last.to == ["rh@x.example"]
    assert "Motif : Injure" in last.body
    assert f"publie-{in_force.pk}" not in content_of(client.get(moderation_page))


def test_the_past_of_the_roadmap_counts_an_erased_commitment_without_its_words(
    half_day, in_force, now
):
    later = now + timedelta(10)
    published_words.erase_commitment(
        by=half_day.steerer, commitment=in_force, motif="Injure", now=later
    )
    past = str(roadmap(half_day.seance, on=now.date()))
    assert "(propos effacé)" in past
    assert INSULT not in past


def test_erasing_bears_a_published_reason_and_is_of_those_who_steer(half_day, in_force, now):
    with pytest.raises(CooperationError, match="motifs de refus"):
        published_words.erase_commitment(
            by=half_day.steerer, commitment=in_force, motif="Parce que", now=now
        )
    for deed in (
        lambda by: published_words.erase_commitment(
            by=by, commitment=in_force, motif="Injure", now=now
        ),
        lambda by: published_words.correct_commitment(
            by=by, commitment=in_force, words={"quoi": "Autre"}, now=now
        ),
    ):
        with pytest.raises(PermissionDenied):
            deed(half_day.partner_admin)
    in_force.refresh_from_db()
    assert (in_force.quoi, in_force.etat) == (INSULT, EtatEngagement.CONFIRME)


def test_a_commitment_is_corrected_in_each_copy_and_stays_in_force(half_day, in_force, client):
    client.force_login(half_day.steerer)
    page = SESSION + "relecture/"
    (card,) = client.get(page).context["published"]
    fields = {name: value for name, _, value, _ in card["fields"]}
    assert fields["quoi"] == "Payer des cours à [nom masqué]"
    form_fields = {f"mot-{name}": value for name, value in fields.items()}
    client.post(
        page,
        form_fields | {"propos": f"publie-{in_force.pk}", "faire": "corriger",
                "mot-organisation_nom": "Garage Petit"},
    )  # fmt: skip
    in_force.refresh_from_db()
    assert (in_force.quoi, in_force.porteur) == (fields["quoi"], "Garage Petit")
    assert in_force.etat == EtatEngagement.CONFIRME
    assert INSULT not in everything_kept()


def test_the_words_of_a_pilot_with_an_account_are_erased_and_no_undoing_brings_them_back(
    half_day, action, now
):
    by = half_day.steerer
    event = operations.follow(
        by=by, action=action, now=now, commentaire="Monsieur Petit bloque", blocage="Plus de car"
    )
    other = operations.follow(by=by, action=action, now=now, blocage="Monsieur Petit bloque")
    published_words.correct_news(by=by, event=event, words="", now=now)
    assert "Petit" not in everything_kept()
    action.refresh_from_db()
    assert action.blocage == "(propos effacé)"
    other.refresh_from_db()
    undo(other, by=by, now=now)
    action.refresh_from_db()
    assert action.blocage == "Plus de car"


def test_what_an_organisation_reports_is_corrected(half_day, in_force, client, now):
    operations.report_on(
        by="rh@x.example", commitment=in_force, etat=EtatEngagement.PARTIEL, now=now,
        commentaire="Madame Durand a tout gâché",
    )  # fmt: skip
    client.force_login(half_day.steerer)
    page = SESSION + "relecture/"
    (event,) = client.get(page).context["news"]  # what the site wrote by itself is not listed
    form = {"propos": f"nouvelle-{event.pk}", "faire": "corriger", "mot-texte": "Reporté d'un an"}
    client.post(page, form)
    assert "Reporté d'un an" in everything_kept()
    assert "a tout gâché" not in everything_kept()
