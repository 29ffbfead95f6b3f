"""The works of the site: each is a command that exists, shown to administrators, asked for now."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from traitdunion.accounts.models import ScheduledWork
from traitdunion.accounts.scheduled import operations
from traitdunion.accounts.scheduled.models import Outcome
from traitdunion.web import health, scheduled_work
from traitdunion.web.command_line import our_commands
from traitdunion.web.scheduled_work import WORKS, why_not

pytestmark = pytest.mark.django_db


def test_each_work_is_a_command_of_ours_and_ends_before_the_next_day():
    assert {work.command[0] for work in WORKS} <= our_commands().keys()
    assert len({work.name for work in WORKS}) == len(WORKS)
    assert max(work.limit for work in WORKS) < timedelta(hours=12)


@pytest.mark.parametrize(
    ("in_use", "stopped"),
    [
        (None, {"horaires", "leviers"}),
        (True, {"horaires", "liens", "pages"}),
        (False, set()),
    ],
)
def test_what_the_site_cannot_do_has_a_reason(monkeypatch, in_use, stopped):
    class Version:
        demonstration = in_use

    monkeypatch.setattr(
        scheduled_work, "version_in_use", lambda root: None if in_use is None else Version
    )
    assert {work.name for work in WORKS if why_not(work)} == stopped


def test_an_administrator_sees_the_works_and_asks_for_one(client, people, settings):
    settings.TRAITDUNION_SCHEDULED = True
    client.force_login(people["administrateur", "ici"])
    address = "/organisations/ici/travaux/"
    assert "jamais vu par un envoi" in client.get(address).content.decode().lower()
    operations.enter(WORKS, timezone.now())
    ScheduledWork.objects.filter(pk="liens").update(
        outcome=Outcome.FAILED, message="<b>plus de réseau</b>"
    )
    page = client.get(address).content.decode()
    assert "&lt;b&gt;plus de réseau" in page
    answer = client.post(address + "lancer/", {"travail": "liens"}, follow=True)
    assert "demandé, dans la minute" in answer.content.decode()
    assert ScheduledWork.objects.get(pk="liens").due_at <= timezone.now()
    unknown = client.post(address + "lancer/", {"travail": "x"}, follow=True)
    assert "tourne déjà, ou aucun envoi" in unknown.content.decode()


def test_the_probe_says_what_is_late_or_fails(settings):
    settings.TRAITDUNION_SCHEDULED = True
    now = timezone.now()

    def line():
        [check] = health._scheduled(now)
        return check

    operations.enter(WORKS, now)
    assert line().state == "ok"
    ScheduledWork.objects.filter(pk="liens").update(outcome=Outcome.FAILED)
    assert "En échec : liens" in line().message
    ScheduledWork.objects.filter(pk="parcours").update(due_at=now - timedelta(hours=4))
    assert "En retard : parcours" in line().message
    settings.TRAITDUNION_SCHEDULED = False
    assert line().state == "ok"


def test_the_command_lists_them(capsys):
    call_command("scheduled", run="leviers")
    shown = capsys.readouterr().out
    assert "Prendre les nouveaux horaires" in " ".join(shown.replace("│", " ").split())
    assert ScheduledWork.objects.get(pk="leviers").due_at <= timezone.now()
