"""Rules that hold for every request and every answer (ASVS V3, V14; trust.md section 5, Requests)."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, UnreadablePostError
from django.utils import translation

from concordia.domain.problems import DocumentError
from concordia.domain.texts import both
from concordia.kernel.errors import NotAllowedError, NotFoundError, RefusalError, StepUpError
from concordia.kernel.signing import SigningError
from concordia.web.accounts.asked import Asked
from concordia.web.shared.failures import failure

Next = Callable[[HttpRequest], HttpResponse]
_MANY = {"subjects"}  # fields of which one form may hold several


class Guard:
    """Refuse what no page of ours sends, and say on every answer what a browser may do with it."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look, pass on, and finish the answer."""
        _choose_language(request)
        response = failure(request, 400) if _unreadable(request) else self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            allowed = response["Allow"]
            response = failure(request, 405)
            response["Allow"] = allowed
        return _finish(request, response)


def _unreadable(request: HttpRequest) -> bool:
    """Doubled parameters, control characters and broken text in an address."""
    if any(len(values) > 1 for _, values in request.GET.lists()):
        return True
    texts = [request.path, *request.GET, *request.GET.values()]
    return any(_broken(text) for text in texts)


def _broken(text: str) -> bool:
    return any(
        sign == "\0" or "\ud800" <= sign <= "\udfff" or (sign < " " and sign not in "\t\r\n") for sign in text
    )


def _finish(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if not request.path.startswith(settings.STATIC_URL):
        response.setdefault("Cache-Control", "no-store")
    response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
    if request.path == "/account/sign-out/" and request.method == "POST":
        response["Clear-Site-Data"] = '"cache", "storage"'
    return response


class Language:
    """The language of the page: the person's own, else what was read here last, else what their browser asks."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Choose, answer, and let go."""
        own = _choose_language(request)
        try:
            response = self.get_response(request)
        finally:
            translation.deactivate()
        if own and request.COOKIES.get("language") != own and "language" not in response.cookies:
            remember_language(response, own)  # who is signed out reads on in the same language
        return response


def remember_language(response: HttpResponse, language: str) -> None:
    """Let this browser show pages in a language, nl or en, also to whoever is not signed in."""
    response.set_cookie(
        "language", language, max_age=365 * 86400, secure=settings.HTTPS, httponly=True, samesite="Lax"
    )


def _choose_language(request: HttpRequest) -> str:
    """Speak a language from here on; returns the person's own, empty for whoever is not signed in."""
    user = getattr(request, "user", None)
    own = str(getattr(user, "language", "")) if user is not None and user.is_authenticated else ""
    chosen = own or request.COOKIES.get("language", "")
    if chosen not in {"nl", "en"}:
        chosen = _asked(request.headers.get("Accept-Language", ""))
    translation.activate(chosen)
    request.LANGUAGE_CODE = chosen
    return own


def _asked(header: str) -> str:
    for part in header.lower().split(",")[:10]:
        code = part.split(";")[0].strip()[:2]
        if code in {"nl", "en"}:
            return code
    return settings.LANGUAGE_CODE


class Answer:
    """Turn what the house refuses into a page: 404 for hidden and absent alike, 403 and 422 with the sentence."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuse broken text in forms before anybody reads it."""
        if request.method == "POST":
            try:
                refused = _refuse_form(request)
            except (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent):
                return failure(request, 413)
            except (UnreadablePostError, SuspiciousOperation):
                return failure(request, 400)
            if refused:
                return failure(request, 400)
            request.POST = Asked(request.POST)  # type: ignore[assignment]
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page of a refusal; None for what others answer."""
        if isinstance(exception, StepUpError):
            return None
        if isinstance(exception, NotFoundError):
            return failure(request, 404)
        if isinstance(exception, NotAllowedError):
            return failure(request, 403, exception.text)
        if isinstance(exception, RefusalError):
            return failure(request, 422, exception.text)
        if isinstance(exception, DocumentError):
            return failure(request, 422, exception.problems[0].what)
        if isinstance(exception, SigningError):
            return failure(request, 503, _NO_SIGNER)
        if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
            return failure(request, 413)
        return None


_NO_SIGNER = both(
    "Het register kan nu niet worden ondertekend. Er is niets verloren; probeer het later opnieuw.",
    "The register cannot be signed now. Nothing was lost; try again later.",
)


def _refuse_form(request: HttpRequest) -> bool:
    fields = list(request.POST.lists())
    if any(len(values) > 1 and name not in _MANY for name, values in fields):
        return True
    return any(_broken_text(value) for _, values in fields for value in values)


def _broken_text(text: str) -> bool:
    return any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in text)
