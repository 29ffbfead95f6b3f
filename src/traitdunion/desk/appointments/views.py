"""Pages of the appointment tool, and the address to which it sends its notifications."""

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from traitdunion.accounts.access_decorators import public, requires
from traitdunion.accounts.permissions import Permission
from traitdunion.accounts.site import site_address

from ..models import OutilRendezVous
from . import notifications, operations

LONGEST_BODY = 200_000
SIGNATURE = "X-Lapin-Signature"


class ToolForm(forms.Form):
    """How the tool is opened."""

    adresse = forms.CharField(
        label="Adresse de prise de rendez-vous",
        max_length=300,
        help_text="Par exemple https://rdv.exemple.fr/prescripteur?motif=mobilite&ref={reference}",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )

    def clean_adresse(self) -> str:
        return operations.checked_address(self.cleaned_data["adresse"])


@requires(Permission.SET_APPOINTMENTS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tool(request: HttpRequest, organisation: str) -> HttpResponse:
    """Set the appointment tool; its secret is shown once, on the answer to the form."""
    here = request.organisation
    row = OutilRendezVous.objects.filter(organisation=here).first()
    form = ToolForm(
        request.POST or None, initial={"adresse": row.adresse if row else ""}, label_suffix=""
    )
    secret = ""
    if form.is_valid():
        secret = operations.set_tool(
            by=request.user, organisation=here, now=timezone.now(), **form.cleaned_data
        )
    url = reverse("appointments:notify", kwargs={"organisation": here.pk})
    context = {
        "organisation": here,
        "form": form,
        "tool": row,
        "secret": secret,
        "notified": f"{site_address(request)}{url}",
    }
    return render(
        request, "desk/appointments/tool.html", context, status=422 if form.errors else 200
    )


# The signature stands for a session: no cookie is read, and none is set.
@public
@csrf_exempt
@never_cache
@require_POST
def notify(request: HttpRequest, organisation: str) -> HttpResponse:
    """Take in a message of the tool: 401 unsigned, 400 not read, 200 else, whatever it changed."""
    row = OutilRendezVous.objects.filter(organisation=organisation).first()
    if int(request.headers.get("Content-Length") or 0) > LONGEST_BODY:
        return JsonResponse({"erreur": "Message trop long."}, status=413)
    signature = request.headers.get(SIGNATURE, "")
    if row is None or not operations.is_from(row, request.body, signature):
        return JsonResponse({"erreur": "Signature absente ou fausse."}, status=401)
    now = timezone.now()
    try:
        notice = notifications.read(request.body, now=now)
    except notifications.NotForUs as passed:
        return JsonResponse({"resultat": str(passed)})
    except notifications.Refused as wrong:
        return JsonResponse({"erreur": str(wrong)}, status=400)
    changed = operations.take_in(tool=row, notice=notice, now=now)
    return JsonResponse({"resultat": "noté" if changed else "rien à changer"})
