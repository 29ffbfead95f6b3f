"""The page of the sheet: a question in the address, one of its options, a language."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .asked import sheet_context


@never_cache
@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """Show the sheet of one option; without a valid question, the page that asks it."""
    context = sheet_context(request)
    if context is None:
        return redirect(f"{reverse('desk:question')}?{request.GET.urlencode()}")
    return render(request, "desk/sheet.html", context)
