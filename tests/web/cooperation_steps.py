"""Steps that tests of cooperation share: the session of demonstration, joining a session."""

import pytest
import yaml
from django.utils import timezone
from playwright.sync_api import expect

from tests.web.page_steps import PASSWORD
from traitdunion.accounts.operations import load_demonstration as load_accounts
from traitdunion.demonstration.half_day import load_demonstration
from traitdunion.demonstration.network import DEMO


@pytest.fixture
def half_day(db, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    people = yaml.safe_load(DEMO.with_name("accounts.yaml").read_text("utf-8"))
    load_accounts(people, password=PASSWORD)
    content = yaml.safe_load(DEMO.with_name("cooperation.yaml").read_text("utf-8"))
    return load_demonstration(content, now=timezone.localtime())


def declare(page, site, college):
    page.goto(site + "/participer/")
    page.get_by_label("Code de la séance").fill("velay2")
    page.get_by_role("button", name="Entrer").click()
    page.get_by_label(college, exact=True).check()
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_text(f"au titre de : {college}")).to_be_visible()
