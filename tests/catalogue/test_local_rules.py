"""Rules that an organisation writes: built line by line, drafted, published, in force, archived."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import QueryDict

from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Organisation
from traitdunion.catalogue.entries import EntryError
from traitdunion.catalogue.models import Regle
from traitdunion.catalogue.rules import operations as local_rules
from traitdunion.catalogue.rules.cases import kept_case, posted_cases, untried
from traitdunion.catalogue.rules.forms import OPS, RuleBuilder, rows_of
from traitdunion.catalogue.rules.operations import (
    RuleError,
    archive_rule,
    note_reading,
    parsed,
    publish_rule,
    rules_in_force,
    rules_of,
    save_draft,
)
from traitdunion.rules import Reponse, entitlement, rule_book
from traitdunion.rules.cases import written

pytestmark = pytest.mark.django_db
CRITERIA = rule_book().criteria
CONTENT = {
    "nom": "Prêt du pays",
    "resume": "Une voiture pour trois mois.",
    "organisme": "Garage",
    "usage": "acces",
    "valide_du": "2026-11-01",
    "sources": {"source": {"titre": "Règlement, 2026", "confiance": "B"}},
    "conditions": {
        "tous": [
            {"critere": "qf_eur", "moins_de": "750", "source": "source"},
            {
                "un_de": [
                    {"critere": "contrat", "parmi": ["cdi", "cdd"], "source": "source"},
                    {"critere": "promesse_embauche", "est": "oui", "source": "source"},
                ]
            },
        ]
    },
}


@pytest.fixture
def draft(editor, organisation, now):
    def make(by=editor, cases=(), name="", **changed):
        return save_draft(by=by, organisation=organisation, content=CONTENT | changed, now=now,
                          cases=cases, name=name)  # fmt: skip

    return make


def reponse(name, on=date(2026, 11, 25), **facts):
    book = rules_in_force()
    return entitlement(book.rule(name, on), facts, on=on, book=book).reponse


# -- life of a rule ---------------------------------------------------------------------------


def test_a_draft_is_not_in_force_until_it_is_published(draft, editor, now):
    row = draft()
    assert (row.name, row.version, row.statut) == ("pret-du-pays", 1, "brouillon")
    assert row.name not in rules_in_force().rules
    publish_rule(by=editor, rule=row, now=now)
    cells = CRITERIA["qf_eur"].read
    assert reponse(row.name, qf_eur=cells("749"), promesse_embauche=True) is Reponse.OUI
    assert reponse(row.name, qf_eur=cells("750"), promesse_embauche=True) is Reponse.NON
    assert reponse(row.name, qf_eur=cells("749")) is Reponse.A_VERIFIER


def test_a_published_rule_is_changed_by_a_new_version_that_takes_over_on_its_day(
    draft, editor, organisation, now
):
    publish_rule(by=editor, rule=draft(), now=now)
    lower = {"critere": "qf_eur", "moins_de": "500", "source": "source"}
    harder = {**CONTENT, "valide_du": "2026-12-01", "conditions": {"tous": [lower]}}
    second = save_draft(by=editor, organisation=organisation, content=harder, now=now,
                        name="pret-du-pays")  # fmt: skip
    assert second.version == 2
    publish_rule(by=editor, rule=second, now=now)
    facts = {"qf_eur": CRITERIA["qf_eur"].read("600"), "promesse_embauche": True}
    assert reponse("pret-du-pays", date(2026, 11, 30), **facts) is Reponse.OUI
    assert reponse("pret-du-pays", date(2026, 12, 1), **facts) is Reponse.NON
    assert [row.version for row in rules_of(organisation)] == [2]


def test_a_version_may_not_begin_before_the_one_in_force(draft, editor, organisation, now):
    publish_rule(by=editor, rule=draft(), now=now)
    again = save_draft(by=editor, organisation=organisation, content=CONTENT, now=now,
                       name="pret-du-pays")  # fmt: skip
    with pytest.raises(RuleError, match="faites commencer celle-ci après"):
        publish_rule(by=editor, rule=again, now=now)


def test_an_archived_rule_no_longer_applies_and_is_kept(draft, editor, now):
    row = publish_rule(by=editor, rule=draft(), now=now)
    archive_rule(by=editor, rule=row, now=now)
    assert row.name not in rules_in_force().rules
    assert Regle.objects.get(name=row.name).statut == "archive"


def test_a_rule_that_makes_no_sense_is_not_published(draft, editor, now):
    row = draft(conditions={"tous": [{"critere": "aje", "au_moins": "18", "source": "source"}]})
    with pytest.raises(RuleError, match="Vouliez-vous dire « age »"):
        publish_rule(by=editor, rule=row, now=now)
    assert Regle.objects.get().statut == "brouillon"


def test_a_published_rule_that_no_longer_makes_sense_costs_nobody_an_answer(
    draft, editor, now, caplog
):
    row = publish_rule(by=editor, rule=draft(), now=now)
    leaf = {"critere": "critere_retire", "est": "oui", "source": "source"}
    Regle.objects.filter(pk=row.pk).update(content={**CONTENT, "conditions": {"tous": [leaf]}})
    assert row.name not in rules_in_force().rules
    assert "critere_retire" in caplog.text


def test_only_editors_of_the_organisation_write_its_rules(draft, person, now):
    with pytest.raises(PermissionDenied):
        draft(by=person(Role.CONTRIBUTEUR))
    elsewhere = Organisation.objects.create(slug="ailleurs", nom="Ailleurs")
    with pytest.raises(PermissionDenied):
        draft(by=person(Role.EDITEUR, elsewhere))
    row = draft()
    with pytest.raises(RuleError, match="autre organisation"):
        save_draft(by=person(Role.EDITEUR, elsewhere), organisation=elsewhere, content=CONTENT,
                   now=now, name=row.name)  # fmt: skip


def test_two_people_at_once_lose_nothing(draft, editor, organisation, person, now):
    row = draft()
    other, later = person(nom="autre"), now + timedelta(minutes=5)

    def write(by, nom, seen_at):
        return save_draft(by=by, organisation=organisation, content=CONTENT | {"nom": nom},
                          now=later, name=row.name, seen_at=seen_at)  # fmt: skip

    write(other, "La sienne", row.at)
    with pytest.raises(RuleError, match="autre a modifié cette règle"):
        write(editor, "La mienne", row.at)
    assert Regle.objects.get().nom == "La sienne"
    assert write(editor, "Les deux", later).nom == "Les deux"


def test_names_never_collide_with_those_of_the_product(draft):
    assert draft(nom="Aide mobilité").name == "aide-mobilite-2"
    assert draft(nom="!!!").name == "regle"


def test_the_database_holds_one_draft_of_a_name(draft, organisation, now):
    row = draft()
    with pytest.raises(IntegrityError), transaction.atomic():
        Regle.objects.create(name=row.name, version=2, organisation=organisation, content={},
                             at=now)  # fmt: skip


def test_a_solution_may_name_a_rule_in_force_here(draft, editor, now, made):
    row = draft()
    with pytest.raises(EntryError, match="il n'y a pas de règle"):
        made(regle=row.name)
    publish_rule(by=editor, rule=row, now=now)
    assert made(regle=row.name).regle == row.name


def test_the_public_page_of_a_solution_tells_the_conditions_of_its_rule(
    client, draft, editor, now, published
):
    row = publish_rule(by=editor, rule=draft(), now=now)
    published("voiture", regle=row.name, conditions_acces="Sur rendez-vous.")
    html = client.get("/solutions/voiture/").content.decode().replace("\u00a0", " ")
    assert "Quotient familial : moins de 750 € par mois.<br>" in html
    assert "Contrat : CDI ou CDD, ou avoir une promesse d&#x27;embauche écrite.<br>" in html
    assert "Sur rendez-vous." in html


# -- cases kept with a rule ---------------------------------------------------------------------


def kept(qf, reponse, **facts):
    fields = {"qf_eur": CRITERIA["qf_eur"].read(qf), "promesse_embauche": True} | facts
    return kept_case(f"QF {qf}", reponse, fields, on=date(2026, 11, 25), number=1)


def test_a_rule_is_published_only_when_it_answers_its_cases(draft, editor, organisation, now):
    row = draft(cases=[kept("749", "oui"), kept("750", "oui")])
    with pytest.raises(RuleError, match="« QF 750 » attend « oui », la règle répond « non »"):
        publish_rule(by=editor, rule=row, now=now)
    assert Regle.objects.get().statut == "brouillon"
    row = draft(cases=[kept("749", "oui"), kept("750", "non")], name=row.name)
    assert publish_rule(by=editor, rule=row, now=now).statut == "publie"


def test_a_case_on_each_side_of_a_threshold_is_asked_for(draft):
    rule = parsed(draft())
    threshold = "Aucun cas où « quotient familial : moins de 750 € par mois » est {} juste au seuil"

    def missing(*cases):
        texts = [text.replace("\u00a0", " ") for text in untried(cases, rule)]
        return {which: any(threshold.format(which) in text for text in texts)
                for which in ("remplie", "non remplie")}  # fmt: skip

    assert missing() == {"remplie": True, "non remplie": True}
    assert missing(kept("749", "oui")) == {"remplie": False, "non remplie": True}
    assert missing(kept("749", "oui"), kept("750", "non")) == {
        "remplie": False,
        "non remplie": False,
    }
    # Far from the threshold, a case says nothing of it.
    assert missing(kept("100", "oui"), kept("2000", "non")) == {
        "remplie": True,
        "non remplie": True,
    }


@pytest.mark.parametrize(
    ("criterion", "given"),
    [
        ("qf_eur", "749.50"), ("promesse_embauche", "non"), ("contrat", "cdi"),
        ("minimas", []), ("minimas", ["rsa", "aah"]), ("date_naissance", "1990-02-28"),
        ("contrat_debut", "pas_encore"), ("contrat_duree", "28 jours"),
    ],
)  # fmt: skip
def test_a_fact_is_kept_as_it_was_told(criterion, given):
    value = CRITERIA[criterion].read(given)
    assert CRITERIA[criterion].read(json.loads(json.dumps(written(value)))) == value


def test_what_is_no_case_is_left_out_of_what_a_page_sends_back():
    sound = kept("749", "oui")
    wrong = [
        "", "{", "[]", "null", "3", "{}",
        json.dumps(sound | {"reponse": "peut-être"}), json.dumps(sound | {"le": "demain"}),
        json.dumps(sound | {"le": 3}), json.dumps(sound | {"avec": {"aje": "18"}}),
        json.dumps(sound | {"avec": {"qf_eur": "beaucoup"}}), json.dumps(sound | {"avec": 3}),
        json.dumps(sound | {"nom": ["x"]}), json.dumps(sound | {"de_trop": 1}),
    ]  # fmt: skip
    assert posted_cases([*wrong, json.dumps(sound)]) == [sound]


def test_a_case_whose_criterion_was_taken_away_is_told_and_not_published(draft, editor, now):
    row = draft(cases=[kept("749", "oui") | {"avec": {"critere_retire": "oui"}}])
    with pytest.raises(RuleError, match="critere_retire"):
        publish_rule(by=editor, rule=row, now=now)


# -- the builder ------------------------------------------------------------------------------


def posted(*lines, **more):
    data = QueryDict(mutable=True)
    head = {"nom": "Essai", "resume": "Un essai.", "organisme": "Garage", "usage": "aide",
            "valide_du": "2026-11-01", "source_titre": "Page", "confiance": "A",
            "a_faire": "Écrire\n\nAttendre"}  # fmt: skip
    for name, value in (head | more).items():
        data[f"r-{name}"] = value
    for i, (group, criterion, op, *values) in enumerate(lines):
        data.appendlist("ligne", str(i))
        data[f"c-{i}-groupe"], data[f"c-{i}-critere"] = str(group), criterion
        data[f"c-{i}-op"] = op
        data.setlist(f"c-{i}-valeur", values)
    return data


def built(*lines, **more):
    return RuleBuilder(posted(*lines, **more), criteria=CRITERIA)


def test_lines_make_a_document_whose_groups_are_all_needed():
    builder = built(
        (1, "qf_eur", "moins_de", "749,50"),
        (2, "contrat", "parmi", "cdi", "cdd"),
        (2, "promesse_embauche", "est", "oui"),
        (3, "contrat_debut", "demande_dans", "7 jours"),
        (4, "auto_ecole_inscription_le", "demande_avant", ""),
    )
    assert builder.is_valid(), [line.errors for line in builder.lines()]
    document = builder.document()
    assert document["conditions"] == {
        "tous": [
            {"critere": "qf_eur", "moins_de": "749.50", "source": "source"},
            {
                "un_de": [
                    {"critere": "contrat", "parmi": ["cdi", "cdd"], "source": "source"},
                    {"critere": "promesse_embauche", "est": "oui", "source": "source"},
                ]
            },
            {
                "critere": "contrat_debut", "demande_dans": "7 jours", "source": "source",
                "a_faire": "Faire la demande avant, ou dans les 7 jours qui suivent : début du "
                "poste ou de la formation.",
            },
            {
                "critere": "auto_ecole_inscription_le", "demande_avant": "oui", "source": "source",
                "a_faire": "Faire la demande avant : inscription à l'auto-école.",
            },
        ]
    }  # fmt: skip
    assert document["a_faire"] == ["Écrire", "Attendre"]


def test_what_was_built_is_edited_again():
    lines = [
        (1, "qf_eur", "moins_de", "750"),
        (2, "contrat", "parmi", "cdi", "cdd"),
        (2, "promesse_embauche", "est", "oui"),
        (3, "minimas", "ne_comprend_pas", "rsa"),
        (4, "contrat_duree", "au_moins", "3 mois"),
    ]
    first = built(*lines)
    assert first.is_valid()
    rows = list(rows_of(first.document()))
    assert [(row.group, row.criterion, row.op, *row.values) for row in rows] == lines
    again = RuleBuilder(criteria=CRITERIA, document=first.document())
    assert [group for group, _ in again.groups()] == [1, 2, 3, 4]
    assert again.header.initial["source_titre"] == "Page"


@pytest.mark.parametrize("name", [name for name, criterion in CRITERIA.items() if criterion.asked])
def test_every_criterion_has_its_line_and_every_comparison_makes_a_rule(name):
    values = {"oui_non": ["oui"], "nombre": ["12"], "duree": ["3 mois"], "date": ["7 jours"]}
    criterion = CRITERIA[name]
    given = values.get(criterion.nature.value) or [next(iter(criterion.values), "")]
    if not given[0]:
        return  # places have their own test
    for op, label in OPS[criterion.nature]:
        builder = built((1, name, op.value, *given))
        assert builder.is_valid(), (label, [line.errors for line in builder.lines()])
        document = {**builder.document(), "regle": "essai", "version": 1}
        made = local_rules.rule_from(local_rules.with_days(document), rule_book())
        assert made.conditions.nodes[0].op is op


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ((1, "qf_eur", "moins_de", "beaucoup"), "n'est pas un nombre"),
        ((1, "qf_eur", "moins_de", ""), "Indiquez une valeur."),
        ((1, "contrat", "parmi"), "Indiquez une valeur."),
        ((1, "contrat_duree", "au_moins", "longtemps"), "n'est pas une durée"),
        ((1, "contrat_debut", "demande_dans", ""), "Indiquez une valeur."),
    ],
)
def test_a_line_that_says_nothing_sound_is_told(line, message):
    builder = built(line)
    assert not builder.is_valid()
    assert message in " ".join(builder.lines()[0].errors["valeur"])


def test_a_rule_needs_a_condition():
    assert not built().is_valid()


def test_sums_are_left_out_or_whole():
    data = posted((1, "age", "au_moins", "18"))
    data["m-0-libelle"], data["m-0-euros"], data["m-0-periode"] = "Prime", "150,50", "une_fois"
    builder = RuleBuilder(data, criteria=CRITERIA)
    assert builder.is_valid()
    assert builder.document()["montants"] == [
        {"libelle": "Prime", "periode": "une_fois", "calcul": "150.50"}
    ]
    data["m-0-euros"] = ""
    assert not RuleBuilder(data, criteria=CRITERIA).is_valid()


# -- its pages --------------------------------------------------------------------------------


def page(client, url, data=None):
    response = client.post(url, dict(data.lists())) if data is not None else client.get(url)
    return response, response.content.decode().replace("\u00a0", " ")


URL = "/organisations/ici/regles/nouvelle/"


def test_lines_are_added_and_taken_away_without_a_word_of_complaint(client, editor):
    client.force_login(editor)
    data = posted((1, "qf_eur", "moins_de", ""), nom="")
    data["faire"], data["nouveau"] = "ajouter", "contrat"
    response, html = page(client, URL, data)
    assert response.status_code == 200
    assert "Remplissez ce champ" not in html
    assert 'value="contrat"' in html
    data["faire"], data["nouveau-1"] = "ou-1", "age"
    assert 'name="c-1-groupe" value="1"' in page(client, URL, data)[1]
    data["faire"] = "retirer-0"
    assert 'name="c-0-critere"' not in page(client, URL, data)[1]


def test_a_rule_is_read_back_in_french_and_tried_on_somebody(client, editor):
    client.force_login(editor)
    data = posted((1, "qf_eur", "moins_de", "750"), (2, "contrat", "parmi", "cdi"))
    data["faire"], data["f-qf_eur"] = "essayer", "800"
    _, html = page(client, URL, data)
    assert "quotient familial : moins de 750 € par mois" in html
    assert "(ici : 800 € par mois)" in html


def test_a_rule_is_saved_then_published_from_the_page(client, editor):
    client.force_login(editor)
    data = posted((1, "qf_eur", "moins_de", "750"))
    data["faire"] = "enregistrer"
    response, _ = page(client, URL, data)
    assert response.url == "/organisations/ici/regles/essai/"
    row = Regle.objects.get()
    assert (row.statut, row.by) == ("brouillon", editor)
    data["faire"], data["vu_le"] = "publier", row.at.isoformat()
    page(client, response.url, data)
    assert Regle.objects.get().statut == "publie"
    assert "essai" in page(client, "/organisations/ici/regles/")[1]
    data["vu_le"] = "2020-01-01T00:00:00Z"
    assert page(client, response.url, data)[0].status_code == 302
    assert Regle.objects.filter(statut="brouillon", version=2).exists()


def test_mistakes_are_told_on_saving(client, editor):
    client.force_login(editor)
    data = posted(nom="")
    data["faire"] = "enregistrer"
    _, html = page(client, URL, data)
    assert "Remplissez ce champ." in html
    assert "Ajoutez au moins une condition." in html
    assert not Regle.objects.exists()


def test_a_rule_of_another_organisation_is_not_found(client, person, draft):
    draft()
    elsewhere = Organisation.objects.create(slug="ailleurs", nom="Ailleurs")
    client.force_login(person(Role.EDITEUR, elsewhere))
    assert client.get("/organisations/ailleurs/regles/pret-du-pays/").status_code == 404


# -- a source that was read too long ago -------------------------------------------------------


def test_a_local_rule_expires_until_its_source_is_read_again(
    draft, editor, organisation, now, settings
):
    """Published on 23 November 2026: 90 days later, 21 February 2027, is the last sure day."""
    settings.TRAITDUNION_RULES_FRESH_DAYS = 90
    publish_rule(by=editor, rule=draft(), now=now)
    facts = {"qf_eur": CRITERIA["qf_eur"].read("600"), "promesse_embauche": True}
    assert reponse("pret-du-pays", date(2027, 2, 21), **facts) is Reponse.OUI
    assert reponse("pret-du-pays", date(2027, 2, 22), **facts) is Reponse.A_VERIFIER
    row = organisation.regles.get(name="pret-du-pays")
    note_reading(by=editor, rule=row, on=date(2027, 2, 22))
    assert reponse("pret-du-pays", date(2027, 2, 22), **facts) is Reponse.OUI


def test_noting_a_reading_takes_the_permission_to_edit(draft, editor, now, django_user_model):
    row = publish_rule(by=editor, rule=draft(), now=now)
    stranger = django_user_model.objects.create_user("x@exemple.fr", "x")
    with pytest.raises(PermissionDenied):
        note_reading(by=stranger, rule=row, on=date(2027, 1, 1))


def test_the_list_of_rules_says_what_to_read_again_and_notes_it(
    draft, editor, organisation, now, settings, client
):
    settings.TRAITDUNION_RULES_FRESH_DAYS = 1
    publish_rule(by=editor, rule=draft(), now=now)
    Regle.objects.update(at=datetime(2020, 1, 1, tzinfo=UTC))
    client.force_login(editor)
    address = f"/organisations/{organisation.slug}/regles/"
    assert "la règle ne répond plus oui" in client.get(address).content.decode()
    client.post(f"{address}pret-du-pays/relue/")
    assert "la règle ne répond plus oui" not in client.get(address).content.decode()


# -- what answers keep of a book ------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_what_is_kept_with_the_rules_ends_with_the_next_write_to_them(draft, editor, now, settings):
    row = publish_rule(by=editor, rule=draft(), now=now)
    book = rules_in_force()
    assert book.kept.get("essai", lambda: 1) == 1
    assert rules_in_force() is book
    writes = [
        lambda: Regle.objects.filter(pk=row.pk).update(lue_le=date(2026, 11, 2)),
        lambda: publish_rule(by=editor, rule=draft(nom="Prêt du bourg"), now=now),
        lambda: archive_rule(by=editor, rule=row, now=now),
        lambda: setattr(settings, "TRAITDUNION_RULES_FRESH_DAYS", 3),
    ]
    for n, write in enumerate(writes, 2):
        write()
        assert rules_in_force().kept.get("essai", lambda n=n: n) == n
