"""How django-allauth behaves here: accounts by invitation only, a second factor set up early."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse

from . import second_factor


class Adapter(DefaultAccountAdapter):
    """What django-allauth asks of us about accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        if second_factor.must_be_set_up(request):
            return reverse("mfa_index")
        return super().get_login_redirect_url(request)
