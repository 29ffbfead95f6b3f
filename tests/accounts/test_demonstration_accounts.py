import pytest
import yaml

from traitdunion.accounts.models import Membership, Organisation, User
from traitdunion.accounts.operations import load_demonstration
from traitdunion.accounts.permissions import Permission, can
from traitdunion.demonstration.network import DEMO

CONTENT = yaml.safe_load(DEMO.with_name("accounts.yaml").read_text("utf-8"))
pytestmark = pytest.mark.django_db


def test_loading_twice_changes_nothing_but_the_password():
    load_demonstration(CONTENT, password="premier")
    counts = [model.objects.count() for model in (User, Organisation, Membership)]
    load_demonstration(CONTENT, password="second")
    assert [model.objects.count() for model in (User, Organisation, Membership)] == counts
    assert all(user.check_password("second") for user in User.objects.all())


def test_everybody_is_visibly_fictitious():
    load_demonstration(CONTENT, password="x")
    assert all(
        "Ficti" in user.nom and user.email.endswith(".example") for user in User.objects.all()
    )
    assert all("démonstration" in organisation.nom for organisation in Organisation.objects.all())


def test_a_real_person_keeps_their_password():
    real = User.objects.create_user("admin@demo.example", "le sien, bien long")
    load_demonstration(CONTENT, password="x")
    real.refresh_from_db()
    assert real.check_password("le sien, bien long")
    assert not real.memberships.exists()


def test_the_editor_of_demonstration_edits_here_and_not_there():
    load_demonstration(CONTENT, password="x")
    editor = User.objects.get(email="editeur@demo.example")
    here, there = (Organisation.objects.get(slug=slug) for slug in ("guichet-demo", "garage-demo"))
    assert can(editor, Permission.EDIT_CATALOGUE, here)
    assert not can(editor, Permission.EDIT_CATALOGUE, there)
