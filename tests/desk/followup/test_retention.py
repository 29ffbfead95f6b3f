"""What is forgotten each day: at its period and not a second before, and nothing else."""

from datetime import date, timedelta

import pytest

from traitdunion.accounts import operations as accounts
from traitdunion.accounts import retention as of_accounts
from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Access, Invitation, OpenSession
from traitdunion.desk import retention as of_the_desk
from traitdunion.desk.enums import Appelant, Horaire
from traitdunion.desk.followup import tasks
from traitdunion.desk.models import AnswerLink, Call, Search, SentMail
from traitdunion.web.register import in_markdown

pytestmark = pytest.mark.django_db
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@pytest.fixture
def kept(team, oriented, now):
    """One row of each kind, all born at `now`; the moment from which each is forgotten."""
    Access.objects.all().delete()
    accounts.invite(by=None, organisation=team.ici, email="a@b.example", role=Role.EDITEUR, now=now)
    OpenSession.objects.create(session_key="k", session_data="", expire_date=now + DAY)
    SentMail.objects.create(
        orientation=oriented[0], kind="envoi", to="a@b.example", subject="Objet", at=now
    )
    monday = date(2026, 11, 23)
    Search.objects.create(
        week=monday, home_area="43157", work_area="43157", horaire=Horaire.values[0], n_days=5,
        permis="aucun", vehicule="aucun", n_sure=1, n_to_check=0,
    )  # fmt: skip
    Call.objects.create(organisation=team.ici, week=monday, appelant=Appelant.values[0])
    # 23 November 2026 and 3 × 365 days later: 22 November 2029 is the last day (2028 is a leap
    # year), so that the counts go with the first run of the 23rd.
    counted_until = now.replace(year=2029, month=11, day=22)
    return {
        Access: now + timedelta(days=365) + SECOND,
        Invitation: now + accounts.INVITATION_VALID + timedelta(days=90) + SECOND,
        OpenSession: now + DAY + SECOND,
        SentMail: now + timedelta(days=365) + SECOND,
        AnswerLink: now + timedelta(days=8 + 90) + SECOND,
        Search: counted_until + DAY,
        Call: counted_until + DAY,
    }


def forget(at):
    return of_accounts.forget_due(now=at) + of_the_desk.forget_due(now=at)


@pytest.mark.parametrize(
    "model", [Access, Invitation, OpenSession, SentMail, AnswerLink, Search, Call], ids=str
)
def test_each_is_forgotten_at_its_period_and_not_before(model, kept):
    step = DAY if model in (Search, Call) else SECOND
    forget(kept[model] - step)
    assert model.objects.exists()
    assert forget(kept[model]) > 0
    assert not model.objects.exists()
    assert forget(kept[model]) == 0


def test_the_work_of_the_day_does_it_and_says_how_many(kept, now, oriented):
    at = now + timedelta(days=370)
    done = tasks.run(now=at, site="http://s", kept_days=730, has_answer=lambda *_: False)
    assert done.forgotten >= 5
    again = tasks.run(now=at, site="http://s", kept_days=730, has_answer=lambda *_: False)
    assert again.forgotten == 0
    assert Search.objects.exists()


def test_an_invitation_that_opens_and_a_link_that_is_awaited_stay(kept, now):
    forget(now + timedelta(days=7))
    assert Invitation.objects.open(now).exists()
    assert AnswerLink.objects.open(now).exists()


def test_the_register_tells_the_periods_that_the_code_uses(monkeypatch):
    from traitdunion.web.register import table

    for name, days in (
        ("COUNTED_KEPT", 777), ("LINK_KEPT", 78), ("MAIL_KEPT", 778), ("INVITATION_KEPT", 79),
        ("JOURNAL_KEPT", 779),
    ):  # fmt: skip
        monkeypatch.setattr(table, name, timedelta(days=days))
        assert f"{days} jours" in in_markdown()
