"""Compiled templates write what templates of Django write: values, escapes, filters."""

from datetime import date
from decimal import Decimal

import jinja2
import pytest
from django.template import Context, Template, engines
from django.utils.safestring import SafeString

VALUES = (
    "",
    'L\'Étape & « Co » <b>"gras"</b>',
    SafeString("<b>écrit par nous</b>"),
    0,
    1234,
    -3,
    Decimal("1234.50"),
    1234.5,
    None,
    True,
    date(2026, 12, 1),
)


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_is_written_alike(value):
    compiled = engines["compiled"].from_string("{{ value }}").render({"value": value})
    assert compiled == Template("{{ value }}").render(Context({"value": value}))


@pytest.mark.parametrize(
    ("text", "compiled"),
    [
        ("{{ value|capfirst }}", "{{ value|capfirst }}"),
        ("{{ value|urlencode:'' }}", "{{ value|quoted('') }}"),
        ("{{ value|lower }}", "{{ value|lower }}"),
        ("{{ value|web_address }}", "{{ value|web_address }}"),
        ("{{ value|after_to_check }}", "{{ value|after_to_check }}"),
        ("{{ value|dialled }}", "{{ value|dialled }}"),
    ],
)
def test_a_filter_writes_alike(text, compiled):
    value = 'à vérifier : 04 65 <a href="#">L\'Étape</a> & Co ; oui ?'
    django = Template("{% load desk_wording %}" + text).render(Context({"value": value}))
    assert engines["compiled"].from_string(compiled).render({"value": value}) == django


def test_a_name_that_does_not_exist_is_an_error():
    with pytest.raises(jinja2.UndefinedError):
        engines["compiled"].from_string("{{ misspelt }}").render({})
