"""Templates compiled to Python by Jinja, for what a page repeats by dozens: `docs/adr/0048`.

They write what those of Django write: the same filters, the same escapes, the same numbers.
"""

import html
from typing import Any

from django.template.defaultfilters import capfirst, pluralize, urlencode
from django.utils.formats import localize
from django.utils.safestring import SafeString
from jinja2 import Environment, StrictUndefined

from traitdunion.desk.templatetags import desk_wording

from .components import drawn


def environment(**options: Any) -> Environment:
    """Return the environment of compiled templates; an unknown name is an error."""
    options |= {"undefined": StrictUndefined, "finalize": written}
    options.pop("autoescape", None)
    made = Environment(autoescape=True, **options)
    made.filters |= desk_wording.register.filters
    made.filters |= {"capfirst": capfirst, "pluralize": pluralize, "quoted": urlencode}
    made.globals |= {"drawn": drawn}
    return made


def written(value: Any) -> str:
    """Return a value as templates of Django write it, safe to be in a page."""
    if hasattr(value, "__html__"):
        marked: str = value.__html__()
        return SafeString(marked)
    return SafeString(html.escape(value if isinstance(value, str) else str(localize(value))))
