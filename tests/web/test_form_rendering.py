"""Widgets written without a template: the same HTML as Django's."""

from datetime import date, time

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.template import Context, Engine
from django.template.loader import get_template
from django.utils.safestring import mark_safe

from traitdunion.web.form_rendering import Renderer

CHOICES = [("a", "L’un & l’autre"), ("b", mark_safe("<b>deux</b>")), ("c", "<trois>")]


class Everything(forms.Form):
    """A field of each kind, with attributes that are set, empty, switched on and off."""

    text = forms.CharField(
        widget=forms.TextInput({"data-a": '"<&', "autofocus": True, "hidden": False, "x": ""})
    )
    number = forms.IntegerField(min_value=0, max_value=9)
    email = forms.EmailField()
    url = forms.URLField(assume_scheme="https")
    secret = forms.CharField(widget=forms.HiddenInput)
    on = forms.DateField(widget=forms.DateInput({"type": "date"}))
    at = forms.TimeField()
    agreed = forms.BooleanField()
    of = forms.ChoiceField(choices=CHOICES, widget=forms.RadioSelect)
    several = forms.MultipleChoiceField(choices=CHOICES, widget=forms.CheckboxSelectMultiple)
    days = forms.MultipleChoiceField(
        choices=[("lun", "lundi"), ("a", "<à>")], widget=forms.CheckboxSelectMultiple
    )
    one = forms.ChoiceField(
        choices=[("", "Ne sait pas"), *CHOICES, ("Groupe <", [("d", "Quatre"), (5, "Cinq")])],
        help_text="<une> aide",
    )


DATA = {"text": '"é<&', "number": "3", "email": "a@b.fr", "url": "x", "secret": "s<", "of": "b",
        "on": "2026-01-02", "at": "08:00", "agreed": "on", "several": ["a", "c"], "one": "d",
        "days": ["lun"]}  # fmt: skip
INITIAL = {"text": mark_safe("&amp;"), "number": 1234, "on": date(2026, 1, 2), "at": time(8)}


@pytest.mark.parametrize("given", [{}, {"data": DATA}, {"initial": INITIAL}, {"prefix": "p<"}])
def test_widgets_are_those_of_the_templates(given):
    ours, django = (
        Everything(**given, renderer=renderer) for renderer in (Renderer(), DjangoTemplates())
    )
    for name in Everything.base_fields:
        assert str(ours[name]) == str(django[name]), name
    for name in ("of", "several"):
        for first, other in zip(ours[name], django[name], strict=True):
            assert (str(first), first.tag()) == (str(other), other.tag())


FIELD = """<div class="field{% if field.errors %} field--wrong{% endif %}">
  <label class="field__label" for="{{ field.id_for_label }}">{{ field.label }}</label>
  {% if field.help_text %}<p class="field__hint" id="{{ field.auto_id }}_helptext">{{ field.help_text }}</p>{% endif %}
  {% include "web/components/mistakes.html" %}
  <div class="field__control">{{ field }}</div>
</div>"""  # noqa: E501
CHIPS = """<fieldset class="field choices{% if field.errors %} field--wrong{% endif %}"{% if field.errors %} aria-describedby="{{ field.auto_id }}_error"{% endif %} id="{{ field.auto_id }}" tabindex="-1">
  <legend class="field__label">{{ field.label }}</legend>
  {% if hint %}<p class="field__hint" id="{{ field.auto_id }}_helptext">{{ hint }}</p>{% endif %}
  {% include "web/components/mistakes.html" %}
  <div class="choices__list{% if kind %} choices__list--{{ kind }}{% endif %}">
    {% for choice in field %}<label class="chip" for="{{ choice.id_for_label }}">{{ choice.tag }}<span class="chip__text">{% if short %}<span aria-hidden="true">{{ choice.choice_label|slice:short|capfirst }}</span><span class="visually-hidden">{{ choice.choice_label }}</span>{% else %}{{ choice.choice_label }}{% endif %}</span></label>{% endfor %}
  </div>
</fieldset>"""  # noqa: E501


@pytest.mark.parametrize("given", [{}, {"data": DATA}, {"data": {}}, {"prefix": "p<"}])
def test_components_are_those_of_their_templates(given):
    """The templates of fields and choices before functions wrote them, blank lines aside."""
    form = Everything(**given)
    asked = [
        (FIELD, "field", {"field": form[name]}) for name in ("text", "secret", "agreed", "one")
    ]
    asked += [
        (CHIPS, "choices", {"field": form[name], "hint": "<aide>", "short": short, "kind": kind})
        for name, short, kind in (("of", 0, ""), ("several", 0, "<"), ("days", 3, "days"))
    ]
    for source, name, shown in asked:
        shown |= {"suggestions": [{"label": "<b>", "url": "?a&b"}]}
        expected = Engine.get_default().from_string(source).render(Context(shown))
        written = get_template(f"web/components/{name}.html").render(shown)
        assert "".join(written.split()) == "".join(expected.split())
