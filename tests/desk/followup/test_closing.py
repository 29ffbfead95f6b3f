"""Closing asks what became of the person, withdraws what waits; a job is noted at any time."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from traitdunion.desk.enums import StatutOrientation
from traitdunion.desk.followup import operations
from traitdunion.desk.followup.closing import close_file
from traitdunion.desk.models import Parcours

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_what_waits_is_withdrawn_and_the_structure_is_told(oriented, team, now, mailoutbox):
    orientation, _ = oriented
    parcours = orientation.parcours
    assert close_file(by=team.adviser, parcours=parcours, issue="en_emploi", now=now) == 1
    orientation.refresh_from_db()
    parcours.refresh_from_db()
    assert orientation.statut == StatutOrientation.RETIREE
    assert (parcours.issue, parcours.closed_at) == ("en_emploi", now)
    assert mailoutbox[-1].to == ["accueil@garage.example"]
    assert "retirée" in mailoutbox[-1].subject


def test_the_page_asks_for_the_outcome_before_it_closes(client, oriented, team):
    parcours = oriented[0].parcours
    client.force_login(team.adviser)
    page = f"/parcours/{parcours.pk}/clore/"
    assert "Ces demandes seront retirées" in client.get(page).content.decode()
    assert client.post(page, {}).status_code == 422
    closed = client.post(page, {"issue": "en_formation"}, follow=True).content.decode()
    assert "Le parcours est clos. 1 demande retirée." in closed
    assert "(En formation)" in closed


def test_an_outcome_is_of_a_closed_file_and_leaves_when_it_opens_again(opened, team, now):
    parcours = opened()
    with pytest.raises(IntegrityError), transaction.atomic():
        Parcours.objects.filter(pk=parcours.pk).update(issue="autre")
    operations.close(by=team.adviser, parcours=parcours, issue="autre", now=now)
    operations.reopen(by=team.adviser, parcours=parcours, now=now)
    parcours.refresh_from_db()
    assert parcours.issue == ""


def test_a_job_is_noted_at_any_time_but_not_in_the_future(client, opened, team, now):
    parcours = opened()
    with pytest.raises(operations.FollowUpError, match="passé"):
        operations.note_job(
            by=team.adviser, parcours=parcours, en_emploi_le=(now + DAY).date(), now=now
        )
    client.force_login(team.adviser)
    form = {"faire": "en_emploi", "en_emploi_le": "2026-02-03"}
    page = client.post(f"/parcours/{parcours.pk}/faire/", form, follow=True).content.decode()
    assert "L&#x27;emploi est noté." in page or "L'emploi est noté." in page
    parcours.refresh_from_db()
    assert parcours.en_emploi_le == date(2026, 2, 3)
