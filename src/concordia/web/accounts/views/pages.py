"""What all pages of accounts share: who may open them, how a refusal looks, that no copy is kept."""

import json
from collections import defaultdict
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from concordia.capabilities.accounts import commands, queries
from concordia.domain.texts import Text, both
from concordia.kernel.errors import NotFoundError, RefusalError, StepUpError
from concordia.web.accounts.entering import access_of, log, next_of, renew_session

View = Callable[..., HttpResponse]
PASSKEY_STATE = "concordia_passkey"


def door(view: View) -> View:
    """A page anybody may open."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except NotFoundError:
            raise Http404 from None
        # The path may hold a token: no page that is asked from here learns more than our name.
        response["Referrer-Policy"] = "strict-origin"
        return response

    return never_cache(sensitive_post_parameters()(require_http_methods(["GET", "HEAD", "POST"])(opened)))


def own(view: View) -> View:
    """A page of somebody who is signed in; others are led to sign in first."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            back = request.get_full_path() if request.method == "GET" else "/"
            return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': back})}")
        return view(request, *args, **kwargs)

    return door(opened)


def fresh(view: View) -> View:
    """A page that changes keys: asks for a proof first, once there is a second factor to prove with."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        access = access_of(request)
        if not access.recent and queries.keys(access).enough:
            raise StepUpError(both("Bevestig eerst dat u het bent.", "First confirm that it is you."))
        return view(request, *args, **kwargs)

    return own(opened)


def show(
    request: HttpRequest, page: str, *, refusal: RefusalError | None = None, status: int = 200, **context: Any
) -> HttpResponse:
    """A page; with a refusal the same page again, with what was typed and the sentence that says why."""
    if refusal is not None:
        status = 429 if isinstance(refusal, commands.SlowDownError) else 422
        log(request, f"{page} {'slowed' if status == 429 else 'refused'}")
    typed = defaultdict(str, {name: value for name, value in request.POST.items() if "password" not in name})
    context |= {"refusal": refusal, "typed": typed, "next": context.get("next") or next_of(request)}
    response = render(request, f"accounts/{page}.html", context, status=status)
    if isinstance(refusal, commands.SlowDownError):
        response["Retry-After"] = str(refusal.seconds)
    return response


def changed(request: HttpRequest, what: str) -> None:
    """After keys changed: note it, and let this session go on under a new name."""
    log(request, what)
    renew_session(request)


def done(request: HttpRequest, said: Text, name: str) -> HttpResponseRedirect:
    """Tell what was done, on the page that follows."""
    messages.success(request, said.in_language(get_language() or "nl"))
    return to(name)


def to(name: str, *args: object) -> HttpResponseRedirect:
    """On to a page of accounts, after something was done."""
    return HttpResponseRedirect(reverse(name, args=args))


def ask_browser(request: HttpRequest, ceremony: commands.Ceremony, **more: str) -> JsonResponse:
    """Send what the browser needs for a passkey, and remember what to expect back."""
    request.session[PASSKEY_STATE] = {"state": ceremony.state, **more}
    return JsonResponse(ceremony.options)


def answer_of(request: HttpRequest) -> tuple[dict[str, Any], dict[str, Any]]:
    """What was remembered and what the browser answered; taken out, so that it counts at most once.

    Both are empty when there was nothing to answer or the answer cannot be read: no proof will follow.
    """
    kept = request.session.pop(PASSKEY_STATE, {})
    try:
        answer = json.loads(request.POST.get("passkey", ""))
    except ValueError:
        answer = {}
    return kept, answer if isinstance(answer, dict) else {}
