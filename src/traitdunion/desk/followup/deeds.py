"""Run what a button asks, and show on the next page what came of it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone

from .operations import FollowUpError


def run(request: HttpRequest, done: str, operation: Callable[..., Any], **arguments: Any) -> bool:
    """Run an operation, and queue the message that it is done or why it is not."""
    try:
        operation(by=request.user, now=timezone.now(), **arguments)
    except FollowUpError as refused:
        messages.error(request, str(refused))
        return False
    messages.success(request, done)
    return True
