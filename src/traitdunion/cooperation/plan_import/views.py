"""Pages that take a plan from a spreadsheet: upload, preview, columns, apply, undo."""

from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from traitdunion.accounts.gates import public, requires
from traitdunion.accounts.models import Organisation
from traitdunion.accounts.permissions import Permission

from ..models import Axe, ImportPlan, Seance
from ..operations import CooperationError
from ..views.steering import organisation_of_session
from .applying import Preview, apply, preview, take_back
from .columns import COLUMNS
from .grid import LARGEST_BYTES, Sheet, read_workbook
from .reading import Line, Problem, read_lines
from .template import template

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIELDS = {name: one.label for name, one in COLUMNS.items()}


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
        if file.size > LARGEST_BYTES:
            raise forms.ValidationError("Le fichier dépasse 3 Mo.")
        return file


def organisation_of_plan(pk: int) -> Organisation:
    row = get_object_or_404(ImportPlan.objects.select_related("seance__organisation"), pk=pk)
    return row.seance.organisation


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


@requires(Permission.STEER, organisation_of_plan)
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """What a plan would change; correct its columns; take it in, leave it, take it back."""
    row = get_object_or_404(ImportPlan.objects.select_related("seance__organisation", "axe"), pk=pk)
    if request.method == "POST":
        return _done(request, row, timezone.now())
    if row.fichier is None:
        return render(request, "cooperation/plans/applied.html", {"plan": row})
    sheets = _sheets(row)
    found, lines = _compared(row, sheets)
    context = {
        "plan": row,
        "session": row.seance,
        "preview": found,
        "problems": _problems(lines),
        "sheets": [_columns_of(n, sheet) for n, sheet in enumerate(sheets)],
        "fields": FIELDS,
    }
    return render(request, "cooperation/plans/preview.html", context)


def _done(request: HttpRequest, row: ImportPlan, now: datetime) -> HttpResponse:
    """Do what the button says, and go where it is seen."""
    what, by = request.POST.get("faire"), request.user
    try:
        if what == "colonnes" and row.fichier is not None:
            row.colonnes = _chosen(request, row)
            row.save(update_fields=["colonnes"])
        elif what == "laisser" and row.applique_le is None:
            seance = row.seance_id
            row.delete()
            messages.success(request, "Rien n'a été importé ; le fichier n'est pas gardé.")
            return redirect("cooperation:import-plan", slug=seance)
        elif what == "importer" and row.fichier is not None:
            found, _ = _compared(row, _sheets(row))
            apply(row, found, by=by, now=now, axe=row.axe)
            n = found.counts
            words = f"{n['creer']} action(s) créée(s), {n['modifier']} modifiée(s)."
            messages.success(request, f"Plan importé : {words}")
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
            told = row.colonnes[sheet.name]
            sheet.fields = {int(column): name for column, name in told.items()}
    return [sheet for sheet in sheets if "titre" in sheet.fields.values()] or sheets[:1]


def _compared(row: ImportPlan, sheets: list[Sheet]) -> tuple[Preview, list[Line]]:
    lines = read_lines(sheets)
    return preview(row.seance, lines, axe=row.axe), lines


def _problems(lines: list[Line]) -> list[Problem]:
    return [one for line in lines for one in line.problems]


def _columns_of(n: int, sheet: Sheet) -> tuple[str, list[tuple[str, str, str]]]:
    """The name of a sheet, and for each column: name of its field, heading, what it holds."""
    return sheet.name, [
        (f"colonne-{n}-{column}", heading, sheet.fields.get(column, ""))
        for column, heading in sheet.headings.items()
    ]


def _chosen(request: HttpRequest, row: ImportPlan) -> dict[str, dict[str, str]]:
    """What each column was said to hold. Raises CooperationError."""
    found: dict[str, dict[str, str]] = {}
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
        found[sheet.name] = names
    return found


@public
@require_safe
def plan_template(request: HttpRequest) -> HttpResponse:
    """The workbook one starts from."""
    answer = HttpResponse(template(), content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="plan-d-action-modele.xlsx"'
    return answer
