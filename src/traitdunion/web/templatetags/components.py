"""Components that a page repeats dozens of times, written by functions: the same HTML, quicker.

Each is the inside of the template of its name, which pages include; a test keeps those they were.
"""

from functools import lru_cache
from typing import Any

from django import template
from django.forms import BoundField
from django.template.context import Context
from django.template.loader import get_template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.text import capfirst

MAX_ICONS = 64
MAX_DRAWN = 4096

register = template.Library()


@register.simple_tag(takes_context=True)
def drawn_icon(context: Context) -> SafeString:
    """Return the sign of `name`."""
    return _icon(str(context.get("name", "")))


@lru_cache(MAX_ICONS)
def _icon(name: str) -> SafeString:
    written = get_template("web/components/icon_drawing.html").render({"name": name})
    return SafeString(written.strip())


@register.simple_tag
@lru_cache(MAX_DRAWN)
def drawn(template_name: str, **values: Any) -> SafeString:
    """Return a component made of hashable values alone, drawn once for all that are equal.

    For what names no person and no place: it is kept between requests.
    """
    return SafeString(get_template(template_name).render(values))


@register.simple_tag(takes_context=True)
def written_field(context: Context) -> SafeString:
    """Return one field with its label, hint, mistakes and the answers suggested."""
    field: BoundField = context["field"]
    wrong, mistakes = _mistakes(field, context)
    return SafeString(
        f'<div class="field{wrong}">\n'
        f'  <label class="field__label" for="{conditional_escape(field.id_for_label)}">'
        f"{conditional_escape(field.label)}</label>\n"
        f"  {_hint(field, field.help_text)}\n"
        f"  {mistakes}\n"
        f'  <div class="field__control">{field}</div>\n'
        "</div>"
    )


@register.simple_tag(takes_context=True)
def written_choices(context: Context) -> SafeString:
    """Return choices shown as chips, one or several."""
    field: BoundField = context["field"]
    short, kind = context.get("short") or 0, context.get("kind")
    wrong, mistakes = _mistakes(field, context)
    ident = conditional_escape(field.auto_id)
    described = f' aria-describedby="{ident}_error"' if wrong else ""
    of_kind = f" choices__list--{conditional_escape(kind)}" if kind else ""
    return SafeString(
        f'<fieldset class="field choices{wrong}"{described} id="{ident}" tabindex="-1">\n'
        f'  <legend class="field__label">{conditional_escape(field.label)}</legend>\n'
        f"  {_hint(field, context.get('hint'))}\n"
        f"  {mistakes}\n"
        f'  <div class="choices__list{of_kind}">\n'
        f"    {''.join(_chip(choice, short) for choice in field)}\n"
        "  </div>\n"
        "</fieldset>"
    )


def _chip(choice: Any, short: int) -> str:
    label: str = conditional_escape(choice.choice_label)
    if short:
        begins = conditional_escape(capfirst(str(choice.choice_label)[:short]))
        label = (
            f'<span aria-hidden="true">{begins}</span><span class="visually-hidden">{label}</span>'
        )
    return (
        f'<label class="chip" for="{conditional_escape(choice.id_for_label)}">{choice.tag()}'
        f'<span class="chip__text">{label}</span></label>'
    )


def _hint(field: BoundField, text: Any) -> str:
    if not text:
        return ""
    ident = conditional_escape(field.auto_id)
    return f'<p class="field__hint" id="{ident}_helptext">{conditional_escape(text)}</p>'


def _mistakes(field: BoundField, context: Context) -> tuple[str, str]:
    """Return the class of a field with mistakes, and the mistakes."""
    if not field.errors:
        return "", ""
    shown = {"field": field, "suggestions": context.get("suggestions")}
    return " field--wrong", get_template("web/components/mistakes.html").render(shown)
