"""Widgets written without a template: the same HTML as Django's."""

from datetime import date, time

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
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


DATA = {"text": '"é<&', "number": "3", "email": "a@b.fr", "url": "x", "secret": "s<", "of": "b",
        "on": "2026-01-02", "at": "08:00", "agreed": "on", "several": ["a", "c"]}  # fmt: skip
INITIAL = {"text": mark_safe("&amp;"), "number": 1234, "on": date(2026, 1, 2), "at": time(8)}


@pytest.mark.parametrize("given", [{}, {"data": DATA}, {"initial": INITIAL}, {"prefix": "p<"}])
def test_widgets_are_those_of_the_templates(given):
    ours, django = (
        Everything(**given, renderer=renderer) for renderer in (Renderer(), DjangoTemplates())
    )
    for name in Everything.base_fields:
        assert str(ours[name]) == str(django[name]), name
    for name in ("of", "several"):
        for one, other in zip(ours[name], django[name], strict=True):
            assert (str(one), one.tag()) == (str(other), other.tag())
