"""A plan as people keep it in a spreadsheet: read whatever its shape, compared, applied, undone."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from traitdunion.cooperation.enums import EtatAction
from traitdunion.cooperation.kept_rows import kept
from traitdunion.cooperation.models import Action, Axe, Evenement, ImportPlan
from traitdunion.cooperation.operations import CooperationError
from traitdunion.cooperation.roadmap import operations as roadmap_operations
from traitdunion.cooperation.roadmap.files import as_json, as_xlsx
from traitdunion.cooperation.roadmap.plan_import.applying import apply, preview, take_back
from traitdunion.cooperation.roadmap.plan_import.columns import COLUMNS, recognised
from traitdunion.cooperation.roadmap.plan_import.grid import read_workbook
from traitdunion.cooperation.roadmap.plan_import.reading import read_lines
from traitdunion.cooperation.roadmap.plan_import.template import template
from traitdunion.cooperation.roadmap.plan_import.values import (
    read_amount,
    read_day,
    read_names,
    read_state,
)


def written(book):
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def messy_plan():
    """Title over the table, headings on two rows, sections by axis, merged actions, a total.

    Numbers as text, French dates, an error of the spreadsheet, a note before the first sheet.
    """
    book = Workbook()
    book.active.title = "Lisez-moi"
    book.active.append(["Version de travail, ne pas diffuser"])
    sheet = book.create_sheet("Plan 2026")
    rows = [
        ["PLAN D'ACTION DÉPARTEMENTAL", *[None] * 9],
        [],
        ["N°", "Intitulé de l'action", "Sous-action", "Pilote(s)", "Calendrier", None,
         "Budget prévisionnel (€)", "ÉTAT D'AVANCEMENT", "Freins", "Territoires concernés"],
        [None, None, None, None, "Début", "Fin", None, None, None, None],
        ["Axe 1 : Logement", *[None] * 9],
        ["1.1", "Loger les arrivants", None, "DDT ; CAF", "15/03/2026", "fin 2026", "12 000 €",
         "En cours", "Pas de bailleur", "Brioude\nLe Puy"],
        ["1.2", "Colocation solidaire", "Recenser", "Ana", date(2026, 4, 1), "30 juin 2026",
         None, "réalisé", None, None],
        [None, None, "Ouvrir", "Bo", "T3 2026", 2026, "1.200,50", "à lancer", "#REF!", "-"],
        ["Total", None, None, None, None, None, "13 200,50 €", None, None, None],
        ["Axe 7 : Santé", *[None] * 9],
        ["7.1", "Aller vers les soins", None, "ARS", "31/02/2026", "bientôt", "environ 5 000",
         "mouais", None, None],
        ["7.2", None, None, "Personne", None, None, None, None, None, None],
    ]  # fmt: skip
    for row in rows:
        sheet.append(row)
    for span in ("A1:J1", "E3:F3", "A3:A4", "B3:B4", "C3:C4", "D3:D4", "G3:G4", "H3:H4", "I3:I4",
                 "J3:J4", "A5:J5", "A7:A8", "B7:B8", "A10:J10"):  # fmt: skip
        sheet.merge_cells(span)
    return written(book)


@pytest.fixture
def lines():
    return read_lines(read_workbook(messy_plan()))


def test_a_messy_plan_is_read(lines):
    rows = [(line.row, line.axe, line.parent, line.titre) for line in lines]
    assert rows == [
        (6, "Axe 1 : Logement", "", "Loger les arrivants"),
        (7, "Axe 1 : Logement", "", "Colocation solidaire"),
        (7, "Axe 1 : Logement", "Colocation solidaire", "Recenser"),
        (8, "Axe 1 : Logement", "Colocation solidaire", "Ouvrir"),
        (11, "Axe 7 : Santé", "", "Aller vers les soins"),
        (12, "Axe 7 : Santé", "", ""),
    ]
    assert lines[0].fields == {
        "reference": "1.1", "pilotes": ["DDT", "CAF"], "debut_le": date(2026, 3, 15),
        "fin_prevue_le": date(2026, 12, 31), "budget_eur": Decimal(12000),
        "etat": EtatAction.EN_COURS, "blocage": "Pas de bailleur", "epci": ["Brioude", "Le Puy"],
    }  # fmt: skip
    # The number of a merged row is that of the action, not of its steps.
    assert [line.fields.get("reference") for line in lines[1:4]] == ["1.2", None, None]
    step = lines[3].fields
    assert (step["debut_le"], step["fin_prevue_le"]) == (date(2026, 7, 1), date(2026, 12, 31))
    assert step["budget_eur"] == Decimal("1200.50")
    assert not {"blocage", "epci"} & step.keys()


def test_each_problem_says_where_why_and_what_to_do(lines):
    rows = [
        (problem.cell, problem.why, problem.blocks) for line in lines for problem in line.problems
    ]
    assert [(cell, blocks) for cell, _, blocks in rows] == [
        ("E11", False), ("F11", False), ("G11", False), ("H11", False), ("B12", True),
    ]  # fmt: skip
    assert rows[0][1] == (
        "Début : « 31/02/2026 » : ce jour n'existe pas ; écrivez un jour comme 15/03/2026, ou mars "
        "2026, T1 2026, 2026."
    )
    assert "écrivez un nombre seul" in rows[2][1]
    assert "à venir, en cours, réalisée ou abandonnée" in rows[3][1]
    assert "n'a pas d'intitulé" in rows[4][1]


@pytest.fixture
def plan(half_day, now):
    return ImportPlan.objects.create(
        seance=half_day.seance, nom="plan.xlsx", fichier=messy_plan(), lu_le=now
    )


def take(plan, half_day, now):
    previewed = preview(half_day.seance, read_lines(read_workbook(bytes(plan.fichier))))
    apply(plan, previewed, by=half_day.steerer, now=now)
    return previewed


def everything(half_day):
    """All that the roadmap holds, but its history."""
    rows = []
    for action in Action.objects.order_by("pk"):
        parts = (action.pilotes, action.partenaires, action.budget, action.indicateurs)
        rows += [kept(action), *(kept(row) for some in parts for row in some.all())]
    return rows, list(Axe.objects.values_list("titre", flat=True))


def test_a_plan_is_taken_in_then_twice_changes_nothing(half_day, plan, now):
    taken = take(plan, half_day, now)
    assert taken.counts == {"creer": 5, "modifier": 0, "identique": 0, "laisser": 1}
    assert taken.axes == ["Santé"]
    loger = Action.objects.get(reference="1.1")
    assert (loger.axe, loger.etat, loger.epci) == (
        half_day.axes[0], EtatAction.EN_COURS, ["Brioude", "Le Puy"],
    )  # fmt: skip
    assert [str(pilot) for pilot in loger.pilotes.all()] == ["DDT", "CAF"]
    assert loger.budget.get().prevu == 12000
    steps = Action.objects.get(titre="Colocation solidaire").sous_actions.order_by("pk")
    assert [(step.titre, step.etat, step.fini_le) for step in steps] == [
        ("Recenser", EtatAction.REALISEE, now.date()), ("Ouvrir", EtatAction.A_VENIR, None),
    ]  # fmt: skip
    plan.refresh_from_db()
    assert plan.fichier is None
    before = everything(half_day)
    again = ImportPlan.objects.create(
        seance=half_day.seance, nom="plan.xlsx", fichier=messy_plan(), lu_le=now
    )
    n_events = Evenement.objects.count()
    second = take(again, half_day, now + timedelta(1))
    assert [change.changes for change in second.planned if change.changes] == []
    assert second.counts == {"creer": 0, "modifier": 0, "identique": 5, "laisser": 1}
    assert everything(half_day) == before
    assert Evenement.objects.count() == n_events


def corrected():
    """The same plan: another end, a partner more, an amount."""
    book = load_workbook(BytesIO(messy_plan()))
    sheet = book["Plan 2026"]
    sheet["F6"], sheet["G6"], sheet["D6"] = "15/01/2027", 15000, "DDT / Département"
    return written(book)


def test_a_corrected_plan_changes_only_what_it_says_and_is_undone(half_day, plan, now):
    take(plan, half_day, now)
    loger = Action.objects.get(reference="1.1")
    roadmap_operations.follow(
        by=half_day.steerer, action=loger, now=now, description="Écrit à la main"
    )
    before = everything(half_day)
    second = ImportPlan.objects.create(
        seance=half_day.seance, nom="plan.xlsx", fichier=corrected(), lu_le=now
    )
    taken = take(second, half_day, now + timedelta(1))
    (changed,) = [change for change in taken.planned if change.action == "modifier"]
    assert [(change.label, *change.words) for change in changed.changes] == [
        ("Échéance", "31/12/2026", "15/01/2027"),
        ("Pilote", "rien", "Département"),
        ("Budget (€)", "12\xa0000", "15\xa0000"),
    ]
    loger.refresh_from_db()
    assert (loger.fin_prevue_le, loger.description) == (date(2027, 1, 15), "Écrit à la main")
    take_back(second, by=half_day.steerer, now=now + timedelta(2))
    assert everything(half_day) == before
    with pytest.raises(CooperationError, match="rien à annuler"):
        take_back(second, by=half_day.steerer, now=now)


def test_taking_the_first_plan_back_leaves_nothing(half_day, plan, now):
    empty = everything(half_day)
    take(plan, half_day, now)
    take_back(plan, by=half_day.steerer, now=now)
    assert everything(half_day) == empty


def test_what_lived_since_is_not_taken_away(half_day, plan, now):
    take(plan, half_day, now)
    loger = Action.objects.get(reference="1.1")
    roadmap_operations.follow(
        by=half_day.steerer, action=loger, now=now, commentaire="Réunion tenue"
    )
    before = everything(half_day)
    with pytest.raises(CooperationError, match=r"« Loger les arrivants » a une histoire"):
        take_back(plan, by=half_day.steerer, now=now)
    assert everything(half_day) == before


def test_all_or_nothing(half_day, plan, now, monkeypatch):
    """The last line refused by the base takes the first back with it."""
    before, n_events = everything(half_day), Evenement.objects.count()
    create = roadmap_operations.create_action

    def refuse_the_last(**fields):
        if fields["titre"] == "Aller vers les soins":
            raise CooperationError("non")
        return create(**fields)

    monkeypatch.setattr(roadmap_operations, "create_action", refuse_the_last)
    with pytest.raises(CooperationError):
        take(plan, half_day, now)
    assert (everything(half_day), Evenement.objects.count()) == (before, n_events)
    with pytest.raises(PermissionDenied):
        apply(plan, preview(half_day.seance, []), by=half_day.adviser, now=now)


def test_our_own_spreadsheet_is_taken_in_again_without_change(half_day, plan, now):
    take(plan, half_day, now)
    book = as_xlsx(half_day.seance, on=now.date())
    lines = [line for line in read_lines(read_workbook(book)) if line.sheet == "Feuille de route"]
    previewed = preview(half_day.seance, lines)
    assert previewed.counts == {"creer": 0, "modifier": 0, "identique": 5, "laisser": 0}


def test_the_template_is_read_with_every_column(half_day, now):
    book = load_workbook(BytesIO(template()))
    sheet = book["Plan d'action"]
    line = {"Axe": "2", "Action": "Rouler", "ETP": "0,5", "Indicateur": "Trajets", "Cible": 40,
            "Unité": "trajets", "Financeur": "État", "Budget (€)": "1k€", "Obtenu (€)": 400,
            "Copilotes": "Ana", "État": "Abandonnée"}  # fmt: skip
    headings = [cell.value for cell in sheet[1]]
    sheet.append([line.get(heading) for heading in headings])
    (read,) = read_workbook(written(book))
    assert set(read.fields.values()) == set(COLUMNS) - {"partie_de", "nature"}
    plan = ImportPlan.objects.create(
        seance=half_day.seance, nom="p.xlsx", fichier=written(book), lu_le=now
    )
    take(plan, half_day, now)
    action = Action.objects.get()
    assert (action.axe, action.etat) == (half_day.axes[1], EtatAction.ABANDONNEE)
    assert [(row.unite, row.prevu, row.obtenu, row.financeur) for row in action.budget.all()] == [
        ("etp", Decimal("0.5"), None, ""), ("eur", Decimal(1000), Decimal(400), "État"),
    ]  # fmt: skip
    indicateurs = as_json(half_day.seance, on=now.date())["axes"][1]["actions"][0]["indicateurs"][0]
    assert (indicateurs["definition"], indicateurs["unite"], indicateurs["cible"]) == (
        "Trajets",
        "trajets",
        40,
    )


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Date de début de l'action", "debut_le"), ("ÉCHÉANCE", "fin_prevue_le"),
        ("Pilotes / co-pilotes", "pilotes"), ("Libellé", "titre"), ("N° action", "reference"),
        ("Points de blocage", "blocage"), ("EPCI", "epci"), ("Coût estimé (€ TTC)", "budget_eur"),
        ("Indicateurs de suivi", "indicateur"), ("Valeur cible", "indicateur_cible"),
        ("État d’avancement au 01/03", "etat"), ("debut_le", "debut_le"),
        ("Couleur", None), ("", None),
    ],
)  # fmt: skip
def test_headings_are_recognised(heading, field):
    assert recognised(heading) == field


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("1er mars 2026", (3, 1), (3, 1)), ("mars 2026", (3, 1), (3, 31)),
        ("3e trimestre 2026", (7, 1), (9, 30)), ("2026-T1", (1, 1), (3, 31)),
        ("S2 2026", (7, 1), (12, 31)), ("fin février 2026", (2, 28), (2, 28)),
        ("début 2026", (1, 1), (1, 1)), ("15-3-26", (3, 15), (3, 15)), (46096, (3, 15), (3, 15)),
        ("2026-03-15 00:00:00", (3, 15), (3, 15)), ("2026", (1, 1), (12, 31)),
    ],
)  # fmt: skip
def test_days_as_they_are_typed(value, first, last):
    assert read_day(value, ends=False) == date(2026, *first)
    assert read_day(value, ends=True) == date(2026, *last)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_day_is_read_back_however_it_is_written(day):
    for words in (f"{day:%d/%m/%Y}", f"{day:%d.%m.%y}", day.isoformat(), day):
        assert read_day(words, ends=True) == day
    assert read_day((day - date(1899, 12, 30)).days, ends=True) == day or day.year == 2099


@pytest.mark.parametrize(
    ("value", "amount"),
    [("12 000,50 €", "12000.50"), ("1.200", "1200"), ("1.5", "1.5"), ("12k€", "12000"),
     ("0,5 ETP", "0.5"), (0.1, "0.10"), ("3\u202f500\xa0€ TTC", "3500")],
)  # fmt: skip
def test_amounts_as_they_are_typed(value, amount):
    assert read_amount(value) == Decimal(amount)


@pytest.mark.parametrize("value", ["environ 3", "-5", "1e99", "", True, "3 à 5"])
def test_what_is_no_amount_is_refused(value):
    with pytest.raises(ValueError, match="écrivez un nombre"):
        read_amount(value)


def test_states_and_names_as_they_are_typed():
    assert [read_state(cell) for cell in ("Terminée", "40 %", 1, 0, "ANNULÉE")] == [
        "realisee", "en_cours", "realisee", "a_venir", "abandonnee",
    ]  # fmt: skip
    assert read_names("DDT ; CAF\n DDT,  Ville d'Yssingeaux") == [
        "DDT",
        "CAF",
        "Ville d'Yssingeaux",
    ]


def test_a_file_that_is_no_plan_is_refused_with_what_to_do():
    with pytest.raises(CooperationError, match="enregistrez-le au format"):
        read_workbook(b"Action;Pilote\n")
    book = Workbook()
    book.active.append(["Nom", "Prénom"])
    with pytest.raises(CooperationError, match="Partez du modèle"):
        read_workbook(written(book))


def test_the_whole_way_on_pages(half_day, client, now):
    root = "/cooperation/seances/demi-journee/importer/"
    client.force_login(half_day.steerer)

    def send(content, name="plan.xlsx"):
        return client.post(root, {"fichier": SimpleUploadedFile(name, content)})

    assert send(b"rien").status_code == 422
    sent = send(messy_plan())
    address = sent.url
    page = client.get(address).content.decode()
    for words in ("Plan 2026, E11", "«\u00a0Santé\u00a0»", "à créer", "laissée"):
        assert words in page
    assert not Action.objects.exists()
    # The column of territories is not to be taken; two columns for one field are refused.
    row = ImportPlan.objects.get()
    (sheet,) = read_workbook(messy_plan())
    fields = {f"colonne-0-{column}": name for column, name in sheet.fields.items()}
    client.post(address, fields | {"faire": "colonnes", "colonne-0-9": ""})
    client.post(address, fields | {"faire": "colonnes", "colonne-0-9": "titre"})
    row.refresh_from_db()
    assert "9" not in row.colonnes["Plan 2026"]
    assert client.post(address, {"faire": "importer"}).status_code == 302
    assert Action.objects.get(reference="1.1").epci == []
    assert "Annuler l" in client.get(address).content.decode()
    assert "plan.xlsx" in client.get(root).content.decode()
    client.post(address, {"faire": "annuler"})
    assert not Action.objects.exists()
    left = send(messy_plan()).url
    assert client.post(left, {"faire": "laisser"}).url == root
    assert client.get(left).status_code == 404
    assert client.get("/cooperation/plan-modele.xlsx").content.startswith(b"PK")


# -- unknown is not turned into a value ----------------------------------------------------------


def plan_of(*rows):
    """Lines of a plan with one heading row."""
    book = Workbook()
    book.active.append(["N°", "Axe", "Action", "Pilote", "Budget (€)", "Obtenu (€)", "État"])
    for row in rows:
        book.active.append(row)
    return read_lines(read_workbook(written(book)))


def whys(lines):
    return [problem.why for line in lines for problem in line.problems]


@pytest.mark.parametrize("word", ["En attente", "Bloqué : pas de local", "en retard", "suspendu"])
def test_how_an_action_goes_is_no_state(word):
    (line,) = plan_of(["1", "Logement", "Loger", None, None, None, word])
    assert "etat" not in line.fields
    assert "ce n'est pas un état" in whys([line])[0]
    assert line.fields.get("blocage") == ("Bloqué : pas de local" if "Bloqué" in word else None)


def test_a_telephone_number_beside_a_pilot_is_left_out():
    (line,) = plan_of(["1", "Logement", "Loger", "Ana Ici 06 12 34 56 78", None, None, None])
    assert line.fields["pilotes"] == ["Ana Ici"]
    assert "numéro" in whys([line])[0]


def test_a_reference_used_twice_stays_with_the_first_action():
    lines = plan_of(
        ["1.1", "Logement", "Loger", None, None, None, None],
        ["1.1", "Logement", "Héberger", None, None, None, None],
    )
    assert [line.fields.get("reference") for line in lines] == ["1.1", None]
    assert "déjà celle de « Loger »" in whys(lines)[0]


def test_two_writings_of_an_axis_are_one(half_day, now):
    Axe.objects.filter(pk=half_day.axes[0].pk).update(titre="Le logement")
    lines = plan_of(
        ["1", "LOGEMENT", "Loger", None, None, None, None],
        ["2", "Les logements", "Héberger", None, None, None, None],
    )
    assert preview(half_day.seance, lines).axes == []


def test_an_amount_to_be_defined_stays_unknown(half_day, now):
    lines = plan_of(["1", half_day.axes[0].titre, "Loger", None, "à définir", "500", None])
    plan = ImportPlan.objects.create(
        seance=half_day.seance, nom="plan.xlsx", fichier=b"x", lu_le=now,
        par=half_day.steerer,
    )  # fmt: skip
    apply(plan, preview(half_day.seance, lines), by=half_day.steerer, now=now)
    (row,) = Action.objects.get(titre="Loger").budget.all()
    assert (row.prevu, row.obtenu) == (None, 500)
    assert "non chiffré" in str(row)
