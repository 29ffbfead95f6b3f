"""What is forgotten of a session, and that no figure of its bilan changes with it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from tests.cooperation.committee_cases import committee
from traitdunion.cooperation import operations, retention
from traitdunion.cooperation.enums import Avis, CollegeDeclare, Critere, EtatEngagement, Reponse
from traitdunion.cooperation.evaluation import operations as evaluation
from traitdunion.cooperation.models import (
    Annonce,
    AvisIdee,
    Bulletin,
    FeuilleDeTable,
    Gommette,
    Idee,
    Invite,
    Membre,
    Pilote,
    Regard,
    Relance,
    Situation,
)
from traitdunion.cooperation.models.guests import GroupePresence
from traitdunion.cooperation.roadmap import operations as roadmap_operations
from traitdunion.cooperation.roadmap.operations import Pledge
from traitdunion.cooperation.sessions import attendance, deliberation, workshop
from traitdunion.cooperation.sessions import ideas as idea_operations
from traitdunion.cooperation.sessions.queries import agreement_on

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


def test_only_people_who_came_are_counted_and_groups_are_not_crossed(half_day, now):
    for n, (college, epci, came) in enumerate(
        [("etat", "Velay", True), ("etat", "", True), ("employeurs", "Velay", False)]
    ):
        Invite.objects.create(
            seance=half_day.seance, nom=f"P{n}", organisation="O", college=college, epci=epci,
            arrive_le=now if came else None,
        )  # fmt: skip
    retention.forget_due(now=now + timedelta(366))
    seance = half_day.seance
    assert attendance.present_by(seance, GroupePresence.COLLEGE) == [("État", 2)]
    assert attendance.present_by(seance, GroupePresence.EPCI) == [
        ("Intercommunalité non renseignée", 1), ("Velay", 1),
    ]  # fmt: skip
    columns = {field.name for field in seance.presences_comptees.model._meta.fields}
    assert columns == {"id", "seance", "groupe", "nom", "nombre"}


def test_a_guest_added_after_the_names_went_adds_to_the_counts(half_day, now):
    for late in (0, 1):
        Invite.objects.create(
            seance=half_day.seance, nom="P", organisation="O", college="etat", arrive_le=now
        )
        retention.forget_due(now=now + timedelta(366 + late))
    assert attendance.n_present(half_day.seance) == 2


def test_what_linked_the_words_of_a_phone_goes_and_what_they_say_stays(half_day, now):
    by, seance = half_day.steerer, half_day.seance
    ideas = [
        idea_operations.add_idea(axe=half_day.axes[0], texte=text, now=now, cle=text * 32)
        for text in "ab"
    ]
    for idea in ideas:
        answers = dict.fromkeys(Critere, (Reponse.OUI, ""))
        idea_operations.assess(by=by, idea=idea, answers=answers, now=now)
        for n in range(5):
            idea_operations.give_opinion(
                idea=idea, voix=f"{n:032x}", college=CollegeDeclare.ETAT, avis=Avis.ACCORD, now=now
            )
    workshop.open_vote(by=by, seance=seance, opened=True, now=now)
    for idea in ideas:
        workshop.put_dots(idea=idea, voix="0" * 32, nombre=1, now=now)
    (code,) = evaluation.draw_ballots(by=by, seance=seance, n=1, now=now)
    agreements = [agreement_on(idea) for idea in ideas]
    dots = [(state.dots, state.voters) for state in deliberation.progress(seance)]
    done = retention.forget_due(now=now + timedelta(366))
    assert done.traces == 10 + 2 + 1 + 2
    for model in (AvisIdee, Gommette):
        voices = list(model.objects.values_list("voix", flat=True))
        assert len(set(voices)) == len(voices)
        assert all(voice.startswith("-") for voice in voices)
    assert not Idee.objects.exclude(cle=None).exists()
    assert [agreement_on(idea) for idea in ideas] == agreements
    assert [(state.dots, state.voters) for state in deliberation.progress(seance)] == dots
    assert Bulletin.objects.count() == 1
    with pytest.raises(operations.CooperationError, match="n'existe pas"):
        evaluation.answer(code=code, answers={"participer": "tout_a_fait"})


def test_photographs_and_situations_go_and_the_commitment_stays(half_day, now, client):
    by, seance = half_day.steerer, half_day.seance
    action = roadmap_operations.create_action(by=by, axe=half_day.axes[0], titre="Loger", now=now)
    FeuilleDeTable.objects.create(
        axe=half_day.axes[0], table=1, contenu=b"x", nature="image/png", prise_le=now
    )
    situation = workshop.add_situation(
        by=by, seance=seance, prenom="Sam", recit="Sans bus.", now=now
    )
    look = workshop.look_at(
        situation=situation, organisation="Office", college=CollegeDeclare.ASSOCIATIONS, vu="Loin",
        levier="Un studio", now=now,
    )  # fmt: skip
    row = workshop.pledge_from(
        by=by, regard=look, action=action, organisation=half_day.partner, quantite=Decimal(1),
        unite="studio", pour_le=date(2026, 9, 1), now=now,
    )  # fmt: skip
    retention.forget_due(now=now + timedelta(366))
    assert not any(model.objects.exists() for model in (FeuilleDeTable, Situation, Regard, Annonce))
    row.refresh_from_db()
    assert row.quoi == "Un studio"


def test_reminders_addresses_and_contacts_go_a_year_after_the_end(half_day, now):
    by = half_day.steerer
    over = roadmap_operations.create_action(by=by, axe=half_day.axes[0], titre="Finie", now=now)
    going = roadmap_operations.create_action(by=by, axe=half_day.axes[0], titre="En cours", now=now)
    for action in (over, going):
        Pilote.objects.create(action=action, nom="Ana", courriel="ana@x.example")
        Relance.objects.create(
            action=action, adresse="ana@x.example", empreinte="0" * 64, envoyee_le=now
        )
    row = roadmap_operations.propose_commitment(
        by=by,
        action=over,
        organisation=half_day.partner,
        now=now,
        pledge=Pledge(
            quoi="Un studio",
            quantite=Decimal(1),
            unite="studio",
            pour_le=date(2026, 9, 1),
            contact="Bob, poste 12",
        ),
    )
    roadmap_operations.confirm(by=half_day.partner_admin, commitment=row, now=now)
    roadmap_operations.report_on(
        by=half_day.partner_admin, commitment=row, etat=EtatEngagement.TENU, preuve="bail", now=now
    )
    roadmap_operations.follow(
        by=by, action=over, now=now, commentaire="Fait", etat="realisee", fini_le=now.date()
    )
    assert retention.forget_due(now=now + timedelta(365)).total == 0
    done = retention.forget_due(now=now + timedelta(366))
    assert (done.reminders, done.contacts) == (2, 2)
    kept = {pilot.action.titre: (pilot.nom, pilot.courriel) for pilot in Pilote.objects.all()}
    assert kept == {"Finie": ("Ana", ""), "En cours": ("Ana", "ana@x.example")}
    row.refresh_from_db()
    assert row.contact == ""
    assert "Bob" not in str(list(row.evenements.values_list("contenu", flat=True)))
    assert row.evenements.count() == 3


def test_addresses_of_members_go_a_year_after_their_mandate(half_day, now):
    cdpe = committee(half_day, now)
    for key in ("cgt", "cfdt", "prefet"):
        Membre.objects.filter(pk=cdpe.members[key].pk).update(courriel=f"{key}@x.example")
    Membre.objects.filter(pk=cdpe.cgt.pk).update(vacant_le=date(2026, 7, 1))
    assert retention.forget_due(now=datetime(2027, 7, 1, 9, tzinfo=UTC)).contacts == 0
    assert retention.forget_due(now=datetime(2027, 7, 2, 9, tzinfo=UTC)).contacts == 1
    # That of the 15th of January 2028 ends a year later; an office has no end.
    assert retention.forget_due(now=datetime(2029, 1, 15, 9, tzinfo=UTC)).contacts == 1
    kept = Membre.objects.exclude(courriel="").values_list("siege", flat=True)
    assert list(kept) == ["prefet"]
    assert Membre.objects.get(pk=cdpe.cgt.pk).titulaire == "Titulaire cgt"
