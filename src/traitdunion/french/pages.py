"""Keep French punctuation on the line of its word, in every page.

French writes a space before « : ; ? ! » and inside « guillemets ». Where a line may break there, a
sign starts a line of its own on a narrow screen. Pages say their sentences in templates, labels,
messages and stored words: the finished page is the one place that sees them all.
"""

import re

from traitdunion.french import NBSP

# What a reader copies or sends back keeps its very spaces, and code is no sentence.
_AS_WRITTEN = re.compile(r"(<(textarea|pre|code|script|style)\b.*?</\2>)", re.DOTALL)
# The next angle bracket opens a tag: the sign stands in a text, and not inside a tag. Django writes
# the brackets of values as entities.
_THEN_A_TAG = r"[^<>]*(?:<|\Z)"
_BEFORE_A_SIGN = re.compile(rf" (?=[:;?!»](?!\w){_THEN_A_TAG})")
_AFTER_A_GUILLEMET = re.compile(rf"« (?={_THEN_A_TAG})")


def without_breaks_in_page(page: str) -> str:
    """Return the HTML page where no line breaks before a sign of French punctuation.

    Attributes, text fields, code, scripts and styles are left as they are.
    """
    parts = _AS_WRITTEN.split(page)
    # The pattern has two groups: a text, what is kept, the name of its tag, a text…
    parts[::3] = [
        _AFTER_A_GUILLEMET.sub(f"«{NBSP}", _BEFORE_A_SIGN.sub(NBSP, text)) for text in parts[::3]
    ]
    del parts[2::3]
    return "".join(parts)
