"""Titles of axes, compared whatever their article, plural, accents and case."""

import re

from django.utils.text import slugify

_ARTICLE = re.compile(r"^(le|la|les|l|du|de-la|des)-")


def axis_key(title: str) -> str:
    """Return what two writings of one axis share: « LOGEMENT », « Le logement », « Logements »."""
    bare = _ARTICLE.sub("", slugify(title.replace("'", " ").replace("’", " ")))
    return "-".join(word.removesuffix("s") for word in bare.split("-"))
