"""Arriving, Today, starting an alliance, and the small pages every site must have."""

import json
import logging
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.db import connection
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    QueryDict,
    RawPostDataException,
)
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt

from concordia.capabilities.accounts import queries as accounts
from concordia.capabilities.accounts.commands import change_profile
from concordia.capabilities.alliances import commands, queries
from concordia.capabilities.decisions import queries as decisions
from concordia.capabilities.ledger import queries as ledger
from concordia.domain.charter import Charter, load_charter
from concordia.domain.problems import DocumentError
from concordia.kernel.access import Access
from concordia.kernel.errors import RefusalError
from concordia.web.accounts.entering import access_of, enter, person, record_proof
from concordia.web.accounts.example import first_person, is_entrance_code
from concordia.web.alliances.forms import UploadForm
from concordia.web.home.forms import StartForm
from concordia.web.shared import clock
from concordia.web.shared.entrance import page, posted, to_sign_in
from concordia.web.shared.failures import failure
from concordia.web.shared.middleware import remember_language
from concordia.web.shared.words import language as reader
from concordia.web.shared.words import t

log = logging.getLogger("concordia.web")


def arrive(request: HttpRequest) -> HttpResponse:
    """The only alliance one is in, or the choice between several, or how to begin."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    lines = queries.alliances_of(str(request.user.pk), clock.now())
    if len(lines) == 1 and "HTTP_REFERER" not in request.META:
        return redirect("today", alliance=lines[0].key)
    return render(request, "home/alliances.html", {"lines": lines})


@page
def today(request: HttpRequest, access: Access) -> HttpResponse:
    """What waits for me, and what was decided last."""
    partners = queries.partners(access)
    invitable = queries.partners_to_invite(access, [partner.id for partner in partners])
    context = {
        "waiting": decisions.waiting(access),
        "absent": [line.name for line in partners if line.id in invitable and not line.own],
        "recent": decisions.recent_decisions(access),
        "charter": queries.charter_in_force(access).charter,
        "verification": ledger.verification(access, [partner.id for partner in partners]),
    }
    return render(request, "home/today.html", context)


def start(request: HttpRequest) -> HttpResponse:
    """Found an alliance of one's own in six short steps."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    form = _start_form(request, posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            charter = commands.with_free_key(load_charter(json.dumps(form.charter())))
            return _found(request, charter, form.cleaned_data["own_name"])
        except RefusalError as refusal:
            form.add_error("name", refusal.text.in_language(reader()))
        except DocumentError as error:
            for problem in error.problems:
                form.add_error(None, problem.sentence(reader()))
    context = {"form": form, "upload": UploadForm(), "problems": ()}
    return render(request, "home/start.html", context, status=422 if form.errors else 200)


def start_upload(request: HttpRequest) -> HttpResponse:
    """Found an alliance on a charter one has as a file."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    upload = UploadForm(request.POST, request.FILES)
    problems: tuple[object, ...] = ()
    if upload.is_valid():
        try:
            return _found(request, load_charter(upload.cleaned_data["file"]), "")
        except RefusalError as refusal:
            upload.add_error("file", refusal.text.in_language(reader()))
        except DocumentError as error:
            problems = error.problems
    context = {"form": _start_form(request), "upload": upload, "problems": problems}
    return render(request, "home/start.html", context, status=422)


def _start_form(request: HttpRequest, typed: QueryDict | None = None) -> StartForm:
    return StartForm(typed, initial={"own_name": getattr(request.user, "name", "")})


def _found(request: HttpRequest, charter: Charter, name: str) -> HttpResponse:
    """Found, take one's own seat at the first partner, and go on to inviting the others."""
    key = commands.found_and_join(
        clock.now(),
        charter=charter,
        user_id=str(request.user.pk),
        name=name or str(getattr(request.user, "name", "")),
        example=settings.EXAMPLE,
        language=reader(),
    )
    return redirect("people", alliance=key)


def language(request: HttpRequest) -> HttpResponse:
    """Read the other language from now on."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    chosen = request.POST.get("language", "")
    back = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(back, {urlsplit(settings.PUBLIC_URL).netloc}) and back.startswith(
        "/"
    )
    response = HttpResponseRedirect(back if safe else "/")
    if chosen in {"nl", "en"}:
        if request.user.is_authenticated:
            account = accounts.account(access_of(request))
            change_profile(access_of(request), name=account.name, language=chosen, theme=account.theme)
        remember_language(response, chosen)
    return response


def accessibility(request: HttpRequest) -> HttpResponse:
    """What is done for accessibility, and where to tell what does not work."""
    return render(request, "home/accessibility.html")


def example(request: HttpRequest, code: str) -> HttpResponse:
    """The door of the example: the code printed at the start opens it, for somebody of the example."""
    if not is_entrance_code(code):
        return redirect("home")
    if request.user.is_authenticated:
        logout(request)
    user = person(first_person())
    record_proof(request, user, "hat")
    enter(request, user)
    return redirect("home")


@csrf_exempt
def csp_report(request: HttpRequest) -> HttpResponse:
    """A browser tells that a page tried something it may not. Kept short, never shown."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        log.warning("content policy: %r", request.body[:500])
    except RawPostDataException:  # sent as a form, which no browser does
        return failure(request, 400)
    return HttpResponse(status=204)


def security_txt(request: HttpRequest) -> HttpResponse:
    """Where to tell about a weakness (RFC 9116)."""
    expires = (clock.now() + timedelta(days=180)).strftime("%Y-%m-%dT00:00:00Z")
    lines = [
        f"Contact: mailto:security@{settings.LOG_HOST}",
        f"Expires: {expires}",
        "Preferred-Languages: nl, en",
        f"Canonical: {settings.PUBLIC_URL}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def health(request: HttpRequest) -> HttpResponse:
    """Whether the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse(t("goed", "well"), content_type="text/plain; charset=utf-8")
