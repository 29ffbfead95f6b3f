"""Limits against guessing, counted in the database: every process of the site shares them.

django-allauth counts in Django's default cache, which is the table of `Counter`. Ours count there
too, by the same functions.
"""

from datetime import datetime, timedelta

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.db.models import IntegerField, QuerySet, TextField
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from .models import Counter

APP = "traitdunion.accounts"


def hidden_key(key: str, key_prefix: str, version: int) -> str:
    """Return the key of a counter in the database, which names neither a person nor a machine."""
    return salted_hmac("traitdunion.counters", f"{version}:{key}", algorithm="sha256").hexdigest()


def count(
    request: HttpRequest, action: str, rates: str, *, key: str = ""
) -> ratelimit.RateLimitUsage | None:
    """Count one use of `action`; None where a rate is exceeded.

    `rates`: "5/300s/key,10/m/ip"; each is per `key` or per address of the request.
    """
    return ratelimit.consume(
        request, app=APP, action=action, config={action: rates}, key=key, limit_get=True
    )


def allow(request: HttpRequest, action: str, rate: str, *, now: datetime, key: str = "") -> bool:
    """Count one use of `action`, and return whether its rate allows it.

    For what a whole room or office does at once behind one address: one statement of the database
    counts it, where `count` waits a second for its turn, then refuses. `rate` is one, such as
    "1200/h/ip"; the hour runs from the first use, and counts begin again after it.
    """
    (parsed,) = ratelimit.parse_rates(rate)
    source = ratelimit.get_cache_key(request, app=APP, action=action, rate=parsed, key=key)
    pk = hidden_key(f"{source}:counted", "", 1)
    end = now + timedelta(seconds=parsed.duration)
    row = Counter.objects.filter(pk=pk)
    running = row.filter(expires__gt=now)
    if _one_more(running, parsed.amount) or row.filter(expires__lte=now).update(
        value="1", expires=end
    ):
        return True
    _, is_first = Counter.objects.get_or_create(pk=pk, defaults={"value": "1", "expires": end})
    return is_first or _one_more(running, parsed.amount)


def _one_more(row: QuerySet[Counter], amount: int) -> bool:
    """Add one to a count below `amount`; return whether it was."""
    counted = Cast("value", IntegerField())
    below = row.alias(counted=counted).filter(counted__lt=amount)
    return bool(below.update(value=Cast(counted + 1, TextField())))


def forget(request: HttpRequest, action: str, rates: str, *, key: str = "") -> None:
    """Start the counts of `action` again."""
    for rate in ratelimit.parse_rates(rates):
        cache.delete(ratelimit.get_cache_key(request, app=APP, action=action, rate=rate, key=key))


def address_of(request: HttpRequest) -> str:
    """Return the address of who asks; of an IPv6 address, the network that one subscriber holds."""
    return str(ratelimit.get_ip(request))
