"""A meeting moved or cancelled reaches whoever was called, and corrects their calendar."""

from datetime import date, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from icalendar import Calendar

from tests.cooperation.committee_cases import committee, meeting
from tests.mailbox import delivered
from traitdunion.cooperation.committees import notices, operations
from traitdunion.cooperation.committees.moving import cancel_meeting, move_meeting
from traitdunion.cooperation.models.committees import Reunion
from traitdunion.cooperation.operations import CooperationError

NEW = {"tenue_le": date(2026, 7, 10), "heure": time(14, 30), "lieu": "Yssingeaux", "visio": ""}


@pytest.fixture
def cdpe(half_day, now):
    return committee(half_day, now)


@pytest.fixture
def called(cdpe, now):
    """A meeting of 3 July to which a member and a substitute are called."""
    cdpe.cgt.courriel, cdpe.cgt.courriel_suppleant = "cgt@x.example", "cgt.s@x.example"
    cdpe.cgt.save()
    held = meeting(cdpe, tenue_le=date(2026, 7, 3), convoquee_le=None, lieu="Le Puy")
    notices.send(by=cdpe.by, meeting=held, now=now)
    assert len(delivered()) == 2
    return held


def event_of(message):
    [(_, content, _)] = message.attachments
    calendar = Calendar.from_ical(content)
    [event] = calendar.walk("VEVENT")
    return str(calendar["method"]), event


def test_a_moved_meeting_replaces_the_former_in_each_calendar(called, cdpe, now):
    first = event_of(delivered()[0])[1]
    queued = move_meeting(by=cdpe.by, meeting=called, now=now + timedelta(1), **NEW)
    assert sorted(mail.to for mail in queued) == ["cgt.s@x.example", "cgt@x.example"]
    message = delivered()[-1]
    method, event = event_of(message)
    assert (method, event["uid"]) == ("PUBLISH", first["uid"])
    assert (first["sequence"], event["sequence"]) == (0, 1)
    assert event.start.isoformat() == "2026-07-10T14:30:00+02:00"
    assert message.subject.startswith("Réunion déplacée")
    body = message.body.replace("\u00a0", " ")
    assert "Elle était prévue le vendredi 3 juillet 2026 à 9 h, Le Puy." in body
    assert "Elle se tient le vendredi 10 juillet 2026 à 14 h 30, Yssingeaux." in body
    assert message.reply_to == [cdpe.by.email]


def test_a_cancelled_meeting_leaves_each_calendar_and_takes_nothing_more(called, cdpe, now):
    cancel_meeting(by=cdpe.by, meeting=called, why="  Grève des  trains ", now=now)
    method, event = event_of(delivered()[-1])
    assert (method, str(event["status"]), event["sequence"]) == ("CANCEL", "CANCELLED", 1)
    assert "Motif : Grève des trains" in delivered()[-1].body
    held = Reunion.objects.get()
    for refused in (
        lambda: notices.send(by=cdpe.by, meeting=held, now=now),
        lambda: cancel_meeting(by=cdpe.by, meeting=held, why="Encore", now=now),
        lambda: move_meeting(by=cdpe.by, meeting=held, now=now, **NEW),
        lambda: operations.write_minutes(by=cdpe.by, meeting=held, texte="T", now=now),
    ):
        with pytest.raises(CooperationError, match="annulée"):
            refused()


def test_pressing_twice_moves_once(called, cdpe, now):
    move_meeting(by=cdpe.by, meeting=called, now=now, **NEW)
    with pytest.raises(CooperationError, match="Rien ne change"):
        move_meeting(by=cdpe.by, meeting=called, now=now, **NEW)
    assert len(delivered()) == 4


def test_what_was_held_stays_where_it_was_held(called, cdpe, now):
    with pytest.raises(CooperationError, match="passée"):
        move_meeting(by=cdpe.by, meeting=called, now=now, **NEW | {"tenue_le": date(2026, 6, 1)})
    for refused in (
        lambda: move_meeting(by=cdpe.by, meeting=called, now=now + timedelta(30), **NEW),
        lambda: cancel_meeting(by=cdpe.by, meeting=called, why="Non", now=now + timedelta(30)),
    ):
        with pytest.raises(CooperationError, match="a eu lieu"):
            refused()
    with pytest.raises(CooperationError, match="pourquoi"):
        cancel_meeting(by=cdpe.by, meeting=called, why=" ", now=now)


def test_nobody_else_moves_a_meeting(called, half_day, now):
    with pytest.raises(PermissionDenied):
        move_meeting(by=half_day.partner_admin, meeting=called, now=now, **NEW)


def test_the_pages_move_then_cancel(called, cdpe, client):
    Reunion.objects.update(tenue_le=date(2099, 7, 3))
    client.force_login(cdpe.by)
    page = f"/cooperation/reunions/{called.pk}/"
    shown = client.get(page).content.decode()
    assert f"{page}deplacer/" in shown
    sent = {"tenue_le": "2099-07-10", "heure": "14:30", "lieu": "Yssingeaux", "visio": ""}
    moved = client.post(page + "deplacer/", sent, follow=True).content.decode()
    assert "La réunion est déplacée" in moved
    assert "2 messages partent dans les minutes qui viennent" in moved
    assert client.post(page + "annuler/", {"pourquoi": ""}).status_code == 422
    cancelled = client.post(page + "annuler/", {"pourquoi": "Grève"}, follow=True).content.decode()
    assert "Réunion annulée" in cancelled
    assert f"{page}deplacer/" not in cancelled
    assert "annulée" in client.get("/cooperation/comites/cdpe/").content.decode()
