"""Pages that take a plan from a spreadsheet: upload, preview, columns, apply, undo."""

from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from traitdunion import french
from traitdunion.accounts.access_decorators import person_of, public, requires
from traitdunion.accounts.permissions import Permission, can, check

from ..enums import Visibilite
from ..models import Axe, ImportPlan, Seance
from ..operations import CooperationError
from ..requested import organisation_of_session
from ..roadmap.plan_import.applying import Preview, apply, preview, publish, take_back
from ..roadmap.plan_import.columns import COLUMNS
from ..roadmap.plan_import.grid import MAX_BYTES, Sheet, read_workbook
from ..roadmap.plan_import.reading import Line, Problem, read_lines
from ..roadmap.plan_import.template import template
from ..visibility import plan_is_seen

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIELDS = {name: column.label for name, column in COLUMNS.items()}


class PlanVisibilityForm(forms.Form):
    """Who reads a plan."""

    visibilite = forms.ChoiceField(label="Ce plan, avant l'import", choices=Visibilite)


class PlanForm(forms.Form):
    fichier = forms.FileField(
        label="Votre plan",
        help_text="Un classeur .xlsx, 3 Mo au plus. Rien n'est écrit avant votre accord.",
        widget=forms.FileInput(attrs={"accept": f".xlsx,{XLSX}"}),
    )
    axe = forms.ModelChoiceField(
        Axe.objects.none(),
        label="Axe des lignes qui n'en disent pas",
        required=False,
        empty_label="Un axe « Autres actions »",
    )

    def __init__(self, *args: object, seance: Seance, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["axe"].queryset = seance.axes.all()

    def clean_fichier(self) -> object:
        file = self.cleaned_data["fichier"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError("Le fichier dépasse 3 Mo.")
        return file


@requires(Permission.STEER, organisation_of_session)
@require_http_methods(["GET", "HEAD", "POST"])
def import_plan(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose a workbook; the plans taken before."""
    seance = get_object_or_404(Seance, pk=slug)
    form = PlanForm(request.POST or None, request.FILES or None, seance=seance)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["fichier"]
        content = file.read()
        try:
            read_workbook(content)
        except CooperationError as refused:
            form.add_error("fichier", str(refused))
        else:
            row = ImportPlan.objects.create(
                seance=seance,
                nom=file.name[-150:],
                fichier=content,
                axe=form.cleaned_data["axe"],
                lu_le=timezone.now(),
                par=request.user,
            )
            return redirect("cooperation:plan", pk=row.pk)
    plans = seance.plans.exclude(applique_le=None)
    context = {"session": seance, "form": form, "plans": plans}
    status = 422 if form.errors else 200
    return render(request, "cooperation/plans/upload.html", context, status=status)


@plan_is_seen
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a plan would change; those who steer correct it, take it in or take it back."""
    row = get_object_or_404(ImportPlan.objects.select_related("seance__organisation", "axe"), pk=pk)
    if request.method == "POST":
        check(request.user, Permission.STEER, row.seance.organisation)
        return _done(request, row, timezone.now())
    shared = {
        "plan": row,
        "may_steer": can(request.user, Permission.STEER, row.seance.organisation),
        "visibility": PlanVisibilityForm(initial={"visibilite": row.visibilite}),
    }
    if row.fichier is None:
        return render(request, "cooperation/plans/applied.html", shared)
    sheets = _sheets(row)
    compared, lines = _compared(row, sheets)
    context = shared | {
        "session": row.seance,
        "preview": compared,
        "problems": _problems(lines),
        "sheets": [_columns_of(n, sheet) for n, sheet in enumerate(sheets)],
        "fields": FIELDS,
    }
    return render(request, "cooperation/plans/preview.html", context)


def _done(request: HttpRequest, row: ImportPlan, now: datetime) -> HttpResponse:
    """Apply the button that was pressed, and redirect to the page that shows the result."""
    what, by = request.POST.get("faire"), person_of(request)
    try:
        if what == "publier":
            form = PlanVisibilityForm(request.POST)
            if not form.is_valid():
                raise CooperationError("Choisissez qui voit le plan.")
            publish(row, by=by, visibilite=Visibilite(form.cleaned_data["visibilite"]), now=now)
            messages.success(request, "C'est enregistré.")
        elif what == "colonnes" and row.fichier is not None:
            row.colonnes = _chosen(request, row)
            row.save(update_fields=["colonnes"])
        elif what == "laisser" and row.applique_le is None:
            seance = row.seance_id
            row.delete()
            messages.success(request, "Rien n'a été importé ; le fichier n'est pas gardé.")
            return redirect("cooperation:import-plan", slug=seance)
        elif what == "importer" and row.fichier is not None:
            compared, _ = _compared(row, _sheets(row))
            apply(row, compared, by=by, now=now, axe=row.axe)
            n = compared.counts
            made = french.counted(n["creer"], "action créée", "actions créées")
            changed = french.counted(n["modifier"], "modifiée")
            messages.success(request, f"Plan importé : {made}, {changed}.")
        elif what == "annuler":
            take_back(row, by=by, now=now)
            messages.success(request, "L'import est annulé : la feuille de route est comme avant.")
    except CooperationError as refused:
        messages.error(request, str(refused))
    return redirect("cooperation:plan", pk=row.pk)


def _sheets(row: ImportPlan) -> list[Sheet]:
    """The sheets of the file, their columns as corrected."""
    sheets = read_workbook(bytes(row.fichier or b""))
    for sheet in sheets:
        if sheet.name in row.colonnes:
            columns = row.colonnes[sheet.name]
            sheet.fields = {int(column): name for column, name in columns.items()}
    return [sheet for sheet in sheets if "titre" in sheet.fields.values()] or sheets[:1]


def _compared(row: ImportPlan, sheets: list[Sheet]) -> tuple[Preview, list[Line]]:
    lines = read_lines(sheets)
    return preview(row.seance, lines, axe=row.axe), lines


def _problems(lines: list[Line]) -> list[Problem]:
    return [problem for line in lines for problem in line.problems]


def _columns_of(n: int, sheet: Sheet) -> tuple[str, list[tuple[str, str, str]]]:
    """The name of a sheet, and for each column: name of its field, heading, what it holds."""
    return sheet.name, [
        (f"colonne-{n}-{column}", heading, sheet.fields.get(column, ""))
        for column, heading in sheet.headings.items()
    ]


def _chosen(request: HttpRequest, row: ImportPlan) -> dict[str, dict[str, str]]:
    """Return the meaning chosen for each column. Raises CooperationError."""
    chosen: dict[str, dict[str, str]] = {}
    for n, sheet in enumerate(_sheets(row)):
        names: dict[str, str] = {}
        for column in sheet.headings:
            name = request.POST.get(f"colonne-{n}-{column}", "")
            if name in names.values():
                raise CooperationError(
                    f"Dans « {sheet.name} », deux colonnes sont « {FIELDS[name]} » : gardez-en une."
                )
            if name in FIELDS:
                names[str(column)] = name
        if "titre" not in names.values():
            raise CooperationError(f"Dans « {sheet.name} », dites quelle colonne est l'action.")
        chosen[sheet.name] = names
    return chosen


@public
@require_safe
def plan_template(request: HttpRequest) -> HttpResponse:
    """The workbook one starts from."""
    answer = HttpResponse(template(), content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="plan-d-action-modele.xlsx"'
    return answer
