"""How a page is entered: who asks, in which alliance, by which method (trust.md 4.3)."""

from collections.abc import Callable
from functools import wraps
from typing import Any, overload
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    QueryDict,
)
from django.urls import reverse

from concordia.capabilities.alliances.queries import access_for
from concordia.kernel.access import Access
from concordia.kernel.errors import NotAllowedError, RefusalError, StepUpError
from concordia.web.accounts.recent import is_recent
from concordia.web.shared import clock
from concordia.web.shared.again import persist
from concordia.web.shared.words import language

View = Callable[..., HttpResponseBase]


@overload
def page(view: View) -> View: ...
@overload
def page(*, methods: tuple[str, ...]) -> Callable[[View], View]: ...
def page(view: View | None = None, *, methods: tuple[str, ...] = ("GET",)) -> View | Callable[[View], View]:
    """A page inside an alliance: called with the access of whoever asks. Outsiders get 404 like for nothing.

    A GET changes nothing; who may POST is said by `methods`.
    """

    def decorate(inner: View) -> View:
        @wraps(inner)
        def entered(request: HttpRequest, alliance: str, **kwargs: Any) -> HttpResponseBase:
            if request.method not in {*methods, *(("HEAD",) if "GET" in methods else ())}:
                return HttpResponseNotAllowed(methods)
            if not request.user.is_authenticated:
                return to_sign_in(request)
            access = access_for(
                str(request.user.pk),
                alliance,
                now=clock.now(),
                language=language(),
                recent=is_recent(request),
                only_reads=request.method != "POST",
            )
            request.access = access  # type: ignore[attr-defined]
            if request.method != "POST":
                return inner(request, access, **kwargs)
            return persist(lambda: inner(_rewound(request), access, **kwargs))

        return entered

    return decorate(view) if view is not None else decorate


def _rewound(request: HttpRequest) -> HttpRequest:
    """The request with its files at their beginning, for a try before may have read them."""
    for name in request.FILES:
        for file in request.FILES.getlist(name):
            file.seek(0)
    return request


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Ask to sign in first, then come back here."""
    back = request.get_full_path() if request.method in {"GET", "HEAD"} else "/"
    return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': back})}")


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent in, also when that is nothing; None for whoever only looks."""
    return request.POST if request.method == "POST" else None


def done(request: HttpRequest, said: str, where: str) -> HttpResponse:
    """Tell what happened and go on from there, so that reloading repeats nothing."""
    messages.success(request, said)
    return HttpResponseRedirect(where, status=303)


def refuse(form: forms.Form, refusal: RefusalError, access: Access) -> None:
    """Put a refusal beside the field it is about; what was typed stays. What needs another page goes on."""
    if isinstance(refusal, StepUpError) or (isinstance(refusal, NotAllowedError) and not refusal.field):
        raise refusal
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, refusal.text.in_language(access.language))
