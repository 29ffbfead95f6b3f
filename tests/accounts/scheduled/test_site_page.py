"""Settings and storage for administrators: what is in service, its room on the disk, no secret."""

import pytest
from django.urls import reverse

from traitdunion.web.upkeep.site_page import megabytes

pytestmark = pytest.mark.django_db


def test_administrators_read_settings_and_sizes_and_never_a_secret(
    client, people, settings, tmp_path
):
    settings.TRAITDUNION_DATA_DIR = tmp_path
    settings.TRAITDUNION_DEPARTEMENT = "48"
    settings.EMAIL_HOST_PASSWORD = settings.TRAITDUNION_METRICS_TOKEN = "a-very-secret-word"
    settings.TRAITDUNION_FEEDS = tmp_path / "none.yaml"
    (tmp_path / "networks" / "un").mkdir(parents=True)
    (tmp_path / "networks" / "un" / "t.bin").write_bytes(bytes(2_500_000))
    (tmp_path / "networks" / "current").symlink_to("un")
    client.force_login(people.admin)
    page = reverse("site-page", args=["ici"])
    text = client.get(page).content.decode()
    assert "2,5 Mo" in text
    assert "aucune liste lisible" in text
    assert "non renseigné" in text
    assert "a-very-secret-word" not in text
    assert str(tmp_path) not in text
    settings.TRAITDUNION_DATA_DIR = tmp_path / "gone"
    assert "Sur le disque\u00a0: non renseigné" in client.get(page).content.decode()
    client.force_login(people["conseiller", "ici"])
    assert client.get(page).status_code == 403


@pytest.mark.parametrize(
    ("n_bytes", "text"), [(0, "0,0 Mo"), (9_940_000, "9,9 Mo"), (1_234_000_000, "1 234 Mo")]
)
def test_sizes_in_words(n_bytes, text):
    assert megabytes(n_bytes).replace("\u202f", " ").replace("\xa0", " ") == text
