from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from traitdunion.accounts.enums import Action, Role
from traitdunion.accounts.models import Access, Organisation
from traitdunion.catalogue import operations, queries
from traitdunion.catalogue.entries import content_of
from traitdunion.catalogue.enums import EtatProposition
from traitdunion.catalogue.models import Modele, Proposition, Solution, Structure
from traitdunion.catalogue.offers.snapshot import current_snapshot
from traitdunion.catalogue.operations import EditingError, StaleVersion
from traitdunion.matching.eligibility.exclusions import Cumulation

VERIFIED = date(2026, 11, 20)


def edit(by, now, version=1, key="velo", **changed):
    content = content_of(Solution.objects.get(pk=key)) | changed
    return operations.edit_solution(by=by, key=key, content=content, version=version, now=now)


# -- versions, history, undo ---------------------------------------------------------------------


def test_each_change_is_a_version_that_can_be_restored(made, editor, now):
    made(par_mois_eur="8.00")
    edit(editor, now, par_mois_eur="9.00")
    edit(editor, now, version=2, nom="Deux vélos", publics=["jeunes"])
    solution = operations.restore(by=editor, key="velo", version=1, now=now)
    assert solution.version == 4
    stored = Solution.objects.get()
    assert (stored.nom, str(stored.par_mois_eur)) == ("Un vélo", "8.00")
    assert not stored.codes.exists()
    assert [r.version for r in stored.revisions.all()] == [4, 3, 2, 1]
    assert stored.revisions.first().action == Action.ANNULER


def test_undoing_the_undo_brings_back_what_was(made, editor, now):
    made(zones=[{"nature": "epci", "code": "200073419"}], detail={"propulsion": "human"})
    edit(editor, now, zones=[], nom="Autre")
    changed = content_of(Solution.objects.get())
    operations.restore(by=editor, key="velo", version=1, now=now)
    operations.restore(by=editor, key="velo", version=2, now=now)
    assert content_of(Solution.objects.get()) == changed


def test_saving_the_same_writes_nothing(made, editor, now):
    made()
    assert edit(editor, now).version == 1
    assert Access.objects.filter(action=Action.MODIFIER).count() == 0


def test_a_version_that_never_was_is_not_restored(made, editor, now):
    made()
    with pytest.raises(EditingError, match="version 7"):
        operations.restore(by=editor, key="velo", version=7, now=now)


@pytest.mark.databases
def test_two_editors_at_once_the_second_is_told_and_nothing_is_lost(made, editor, person, now):
    made(par_mois_eur="8.00", nom="Un vélo")
    second = person(nom="Edwige")
    edit(editor, now, par_mois_eur="9.00", nom="Vélo de ville")
    base = operations.Revision.objects.get(version=1).content
    mine = base | {"nom": "Vélo des champs", "telephone": "04 65 71 00 99"}
    with pytest.raises(StaleVersion) as caught:
        operations.edit_solution(by=second, key="velo", content=mine, version=1, now=now)
    assert Solution.objects.get().nom == "Vélo de ville"
    merged = caught.value.merged
    assert merged.conflicts == ["nom"]
    assert merged.theirs == ["par_mois_eur"]
    assert {c.field for c in caught.value.changes} == {"nom", "par_mois_eur"}
    # Saved again, knowing: mine where both changed, the other's where only they did.
    operations.edit_solution(by=second, key="velo", content=merged.content, version=2, now=now)
    saved = Solution.objects.get()
    assert (saved.nom, str(saved.par_mois_eur), saved.telephone) == (
        "Vélo des champs", "9.00", "04 65 71 00 99",
    )  # fmt: skip


# -- states --------------------------------------------------------------------------------------


def test_a_draft_is_published_once_it_helps_somebody(made, editor, now):
    made(description="", verifie_le=None)
    with pytest.raises(EditingError, match="une description, la date de vérification"):
        operations.change_statut(by=editor, key="velo", statut="publie", now=now)
    edit(editor, now, description="Un vélo prêté.", verifie_le="2026-11-02")
    operations.change_statut(by=editor, key="velo", statut="publie", now=now)
    assert [solution.pk for solution in queries.published(on=VERIFIED)] == ["velo"]


def test_archiving_keeps_everything_that_depends_on_it(published, editor, now):
    published("platform", type_solution="plateforme")
    published("child", parent="platform", cumuls=[{"nature": "exclusif", "autre": "platform"}])
    operations.change_statut(by=editor, key="platform", statut="archive", now=now, motif="Fermée")
    child = Solution.objects.get(pk="child")
    assert child.parent_id == "platform"
    assert child.cumuls.get().autre_id == "platform"
    assert {solution.pk for solution in queries.published(on=VERIFIED)} == {"child"}
    operations.change_statut(by=editor, key="platform", statut="publie", now=now)
    assert len(queries.published(on=VERIFIED)) == 2
    motifs = Solution.objects.get(pk="platform").revisions.values_list("motif", flat=True)
    assert "Fermée" in motifs


@pytest.mark.databases
def test_restoring_leaves_the_state_as_it_is(published, editor, now):
    published()
    solution = operations.restore(by=editor, key="velo", version=1, now=now)
    assert solution.statut == "publie"


def test_telling_that_all_still_holds_dates_the_entry(made, editor, now):
    made(verifie_le="2025-01-01")
    operations.confirm(by=editor, key="velo", on=VERIFIED, now=now)
    assert Solution.objects.get().verifie_le == VERIFIED


# -- who may -------------------------------------------------------------------------------------


def test_only_editors_of_the_organisation_that_keeps_it_write(made, person, now):
    made()
    elsewhere = Organisation.objects.create(slug="ailleurs", nom="Ailleurs")
    strangers = [
        person(Role.CONTRIBUTEUR), person(Role.ADMINISTRATEUR), person(Role.EDITEUR, elsewhere),
    ]  # fmt: skip
    for stranger in strangers:
        for attempt in (
            lambda by: edit(by, now, nom="Pris"),
            lambda by: operations.change_statut(by=by, key="velo", statut="archive", now=now),
            lambda by: operations.restore(by=by, key="velo", version=1, now=now),
            lambda by: operations.confirm(by=by, key="velo", on=VERIFIED, now=now),
            lambda by: operations.create_solution(
                by=by, content=content_of(Solution.objects.get()), now=now
            ),
            lambda by: operations.join_waiting_list(
                by=by, solution=Solution.objects.get(), on=VERIFIED
            ),
        ):
            with pytest.raises(PermissionDenied):
                attempt(stranger)
    assert Solution.objects.get().nom == "Un vélo"


def test_an_entry_is_not_carried_to_a_structure_one_does_not_keep(made, editor, now):
    made()
    elsewhere = Organisation.objects.create(slug="ailleurs", nom="Ailleurs")
    Structure.objects.create(id="autre", nom="Autre", organisation=elsewhere)
    with pytest.raises(PermissionDenied):
        edit(editor, now, structure="autre")


def test_an_entry_that_nobody_keeps_is_edited_by_nobody(made, editor, now):
    made()
    Structure.objects.update(organisation=None)
    with pytest.raises(PermissionDenied):
        edit(editor, now, nom="Pris")


def test_a_draft_is_seen_by_its_organisation_only(made, person, now):
    solution = made()
    elsewhere = Organisation.objects.create(slug="ailleurs", nom="Ailleurs")
    assert operations.may_see(person(Role.CONTRIBUTEUR), solution)
    assert not operations.may_see(person(Role.EDITEUR, elsewhere), solution)
    assert not operations.may_see(None, solution)


def test_every_change_leaves_its_line_in_the_journal(made, editor, now):
    made()
    edit(editor, now, nom="Deux vélos")
    operations.change_statut(by=editor, key="velo", statut="publie", now=now)
    operations.change_statut(by=editor, key="velo", statut="archive", now=now)
    actions = list(Access.objects.order_by("pk").values_list("action", flat=True))
    assert actions == [Action.CREER, Action.MODIFIER, Action.PUBLIER, Action.ARCHIVER]


# -- suggestions ---------------------------------------------------------------------------------


def suggest(by, now, solution=None, **changed):
    content = (content_of(solution) if solution else {}) | changed
    organisation = Organisation.objects.get(slug="ici")
    draft = operations.keep_draft(
        by=by, organisation=organisation, solution=solution, content=content, now=now
    )
    return operations.suggest(by=by, draft=draft, now=now, message="Vu au guichet")


def test_a_contributor_suggests_and_an_editor_accepts(published, editor, person, now):
    solution = published()
    suggestion = suggest(person(Role.CONTRIBUTEUR), now, solution, par_mois_eur="9.00")
    assert Solution.objects.get().par_mois_eur is None
    operations.accept(by=editor, suggestion=suggestion, now=now)
    assert str(Solution.objects.get().par_mois_eur) == "9.00"
    suggestion.refresh_from_db()
    assert (suggestion.etat, suggestion.decided_by) == (EtatProposition.ACCEPTEE, editor)
    with pytest.raises(EditingError, match="déjà traitée"):
        operations.accept(by=editor, suggestion=suggestion, now=now)


def test_accepting_keeps_what_others_changed_elsewhere(published, editor, person, now):
    solution = published()
    suggestion = suggest(person(Role.CONTRIBUTEUR), now, solution, par_mois_eur="9.00")
    edit(editor, now, version=2, telephone="04 65 71 00 99")
    operations.accept(by=editor, suggestion=suggestion, now=now)
    saved = Solution.objects.get()
    assert (str(saved.par_mois_eur), saved.telephone) == ("9.00", "04 65 71 00 99")


def test_a_suggestion_that_crosses_another_change_is_taken_up_by_hand(
    published, editor, person, now
):
    solution = published()
    suggestion = suggest(person(Role.CONTRIBUTEUR), now, solution, par_mois_eur="9.00")
    edit(editor, now, version=2, par_mois_eur="7.00")
    with pytest.raises(EditingError, match="aux mêmes endroits"):
        operations.accept(by=editor, suggestion=suggestion, now=now)
    assert str(Solution.objects.get().par_mois_eur) == "7.00"


def test_a_new_entry_suggested_becomes_a_draft(structure, editor, person, now):
    content = {"structure": "mms", "nom": "Un scooter", "type_solution": "location_2rm"}
    suggestion = suggest(person(Role.CONTRIBUTEUR), now, **content)
    solution = operations.accept(by=editor, suggestion=suggestion, now=now)
    assert (solution.pk, solution.statut) == ("un-scooter", "brouillon")


def test_a_refusal_says_why(published, editor, person, now):
    suggestion = suggest(person(Role.CONTRIBUTEUR), now, published(), nom="Autre")
    with pytest.raises(EditingError, match="pourquoi"):
        operations.refuse(by=editor, suggestion=suggestion, now=now, reponse=" ")
    operations.refuse(by=editor, suggestion=suggestion, now=now, reponse="Le nom est officiel.")
    assert Solution.objects.get().nom == "Un vélo"


def test_a_contributor_accepts_nothing(published, person, now):
    contributor = person(Role.CONTRIBUTEUR)
    suggestion = suggest(contributor, now, published(), nom="Autre")
    with pytest.raises(PermissionDenied):
        operations.accept(by=contributor, suggestion=suggestion, now=now)


def test_a_suggestion_that_changes_nothing_is_not_sent(published, person, now):
    with pytest.raises(EditingError, match="Rien n'a changé"):
        suggest(person(Role.CONTRIBUTEUR), now, published())


def test_a_draft_may_be_unfinished_and_belongs_to_its_author(structure, editor, person, now):
    contributor = person(Role.CONTRIBUTEUR)
    organisation = structure.organisation
    draft = operations.keep_draft(
        by=contributor, organisation=organisation, content={"nom": ""}, now=now
    )
    with pytest.raises(EditingError, match="pas à vous"):
        operations.keep_draft(
            by=editor, organisation=organisation, content={}, now=now, draft=draft
        )
    with pytest.raises(EditingError, match="pas à vous"):
        operations.drop_draft(by=editor, draft=draft)
    operations.drop_draft(by=contributor, draft=draft)
    assert not Proposition.objects.exists()


def test_a_template_keeps_what_may_serve_again(made, editor, structure, now):
    solution = made(par_mois_eur="8.00", publics=["jeunes"], reference="dora--1")
    operations.keep_as_template(
        by=editor, organisation=structure.organisation, solution=solution, nom="Vélo à 8 €", now=now
    )
    content = Modele.objects.get().content
    assert content["par_mois_eur"] == "8.00"
    assert content["publics"] == ["jeunes"]
    assert not {"nom", "reference", "verifie_le"} & set(content)


# -- reports, waiting, cumulation ----------------------------------------------------------------


def test_a_report_is_closed_once(published, editor, now):
    row = operations.report(solution=published(), nature="tarif", message=" 9 € ", now=now)
    operations.handle_report(by=editor, signalement=row, etat="corrige", now=now)
    with pytest.raises(EditingError, match="déjà traité"):
        operations.handle_report(by=editor, signalement=row, etat="ecarte", now=now)


@pytest.mark.databases
def test_the_delay_is_the_median_of_those_served_in_a_year(made, editor):
    solution = made(attente_personnes=4)
    assert queries.waiting(solution, VERIFIED) == queries.Waiting(4, None, 0)
    # Joined a hundred days before; served after 10, 20 and 60 days: the median is 20.
    begin = VERIFIED - timedelta(days=100)
    for delay in (10, 20, 60):
        operations.join_waiting_list(by=editor, solution=solution, on=begin)
        operations.leave_waiting_list(
            by=editor, solution=solution, on=begin + timedelta(days=delay), served=True
        )
    operations.join_waiting_list(by=editor, solution=solution, on=begin)
    assert queries.waiting(solution, VERIFIED) == queries.Waiting(1, 20, 3)
    assert queries.waiting(solution, VERIFIED + timedelta(days=320)).sample == 1
    operations.leave_waiting_list(by=editor, solution=solution, on=VERIFIED, served=False)
    assert queries.waiting(solution, VERIFIED).people == 0
    with pytest.raises(EditingError, match="Personne"):
        operations.leave_waiting_list(by=editor, solution=solution, on=VERIFIED, served=True)


def test_two_served_tell_no_delay(made, editor):
    solution = made()
    for _ in range(2):
        operations.join_waiting_list(by=editor, solution=solution, on=VERIFIED)
        operations.leave_waiting_list(by=editor, solution=solution, on=VERIFIED, served=True)
    assert queries.waiting(solution, VERIFIED).delay_days is None


def test_the_matching_reads_what_excludes_what(published, now):
    """Told by one entry alone; what goes together excludes nothing, nor does what is archived."""
    published("un")
    published("deux", nom="Deux", cumuls=[{"nature": "exclusif", "autre": "un"}])
    published("trois", nom="Trois", cumuls=[{"nature": "compatible", "autre": "un"}])
    rows = {offer.id: offer for offer in current_snapshot().valid(now.date())}
    assert {key: row.exclues for key, row in rows.items()} == {
        "un": (), "deux": ("un",), "trois": (),
    }  # fmt: skip
    exclusions = Cumulation(rows.values())
    assert exclusions.source(rows["un"], rows["deux"]).titre == "fiche « Deux »"
    assert exclusions.source(rows["un"], rows["trois"]) is None
