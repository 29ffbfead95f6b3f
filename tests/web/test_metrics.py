"""Figures for Prometheus behind a secret; logs as JSON and of requests, without personal data."""

import json
import logging
import re
import sys

import pytest

from traitdunion.web import logs

LINE = re.compile(r'(# (HELP|TYPE) \w+ .+|\w+(\{\w+="[^"\\]*"\})? -?[\d.]+(e[+-]\d+)?)')


@pytest.mark.django_db
def test_figures_are_for_who_gives_the_secret(client, settings, tmp_path):
    settings.TRAITDUNION_DATA_DIR = tmp_path
    assert client.get("/metriques/", headers={"Authorization": "Bearer "}).status_code == 404
    settings.TRAITDUNION_METRICS_TOKEN = "a secret"
    assert client.get("/metriques/").status_code == 404
    assert client.get("/metriques/", headers={"Authorization": "Bearer b"}).status_code == 404
    answer = client.get("/metriques/", headers={"Authorization": "Bearer a secret"})
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = answer.content.decode().splitlines()
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    assert 'traitdunion_check{name="base"} 0' in lines
    assert 'traitdunion_check{name="horaires"} 2' in lines
    assert 'traitdunion_messages{state="late"} 0' in lines
    names = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(names) == len(set(names)) == 5
    settings.TRAITDUNION_DATA_DIR = tmp_path / "gone"
    answer = client.get("/metriques/", headers={"Authorization": "Bearer a secret"})
    assert b'traitdunion_check{name="dossier"} 2' in answer.content
    assert b"disk_free" not in answer.content


def test_a_line_of_json_names_nobody():
    logger = logging.getLogger("test.json")
    try:
        raise ValueError("camille@ici.example\nappelez le 06 12 34 56 78")
    except ValueError:
        record = logger.makeRecord(
            "test.json", logging.ERROR, "", 0, "Refus de %s à /invitation/secret/?depuis=Langeac",
            ("camille@ici.example",), sys.exc_info(),
        )  # fmt: skip
    text = logs.JsonFormatter().format(record)
    assert "\n" not in text
    line = json.loads(text)
    assert line["message"] == "Refus de [adresse] à /invitation/…/?…"
    assert "ValueError: [adresse]\nappelez le [numéro]" in line["exception"]


@pytest.mark.django_db
def test_the_access_log_names_routes_and_is_not_there_unless_asked_for(client, settings, caplog):
    caplog.set_level("INFO", logger=logs.ACCESS)
    client.get("/invitations/un-secret/?a=camille")
    assert not [record for record in caplog.records if record.name == logs.ACCESS]
    settings.TRAITDUNION_ACCESS_LOG = True
    client.handler._middleware_chain = None
    client.get("/invitations/un-secret/?a=camille")
    (record,) = [record for record in caplog.records if record.name == logs.ACCESS]
    assert record.fields["route"] == "/invitations/<str:token>/"
    assert record.fields["status"] == 410
    assert "secret" not in record.getMessage()
