"""Commands that erase or fill refuse what looks like a mistake."""

from datetime import UTC, datetime

import pytest

from traitdunion.accounts.enums import Action
from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.operations import record
from traitdunion.web.management.commands.demo import refuse_real_data

pytestmark = pytest.mark.django_db
LAST = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def recorded():
    organisation = Organisation.objects.create(slug="ici", nom="Ici")
    record(by=None, organisation=organisation, action=Action.CREER, target=organisation, at=LAST)


@pytest.mark.parametrize("command", ["followup", "roadmap"])
def test_daily_commands_erase_nothing_under_a_wrong_clock_unless_confirmed(
    command, recorded, run, refused
):
    assert "Vérifiez l'horloge" in refused(command, "--now", "2028-11-24T09:00")
    run(command, "--now", "2026-11-24T09:00")
    run(command, "--now", "2028-11-24T09:00", "--sure")


@pytest.mark.parametrize("command", ["followup", "roadmap"])
@pytest.mark.parametrize("moment", ["0001-01-01", "9999-12-31", "hier"])
def test_a_moment_outside_of_the_calendar_is_refused_in_one_line(command, moment, refused):
    assert moment in refused(command, "--now", moment)


def test_the_demonstration_refuses_a_database_in_use():
    refuse_real_data()
    User.objects.create(email="demo@demo.example", demonstration=True)
    refuse_real_data()
    User.objects.create(email="camille@ici.example")
    Organisation.objects.create(slug="ici", nom="Ici")
    with pytest.raises(Exception, match=r"1 personne, 1 organisation.*TRAITDUNION_DATA_DIR"):
        refuse_real_data()
