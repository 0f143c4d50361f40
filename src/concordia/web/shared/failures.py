"""When something cannot be shown: a calm page that says what happened, what was kept and what to do."""

import sys

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render

from concordia.domain.texts import Text, both

_SECRET = ("csrfmiddlewaretoken", "password", "code")  # parts of names of fields that are never shown again
_SENTENCES = {
    400: both(
        "Dit verzoek is niet te lezen. Er is niets veranderd. Ga terug en probeer het opnieuw.",
        "This request cannot be read. Nothing was changed. Go back and try again.",
    ),
    403: both(
        "U mag dit niet doen met uw functie in deze alliantie. Op de pagina Mensen staat wie het wel mag.",
        "Your position in this alliance does not allow this. The page People shows who may.",
    ),
    404: both(
        "Deze pagina is er niet, of is niet voor u. Controleer het adres of begin bij Vandaag.",
        "This page is not there, or is not for you. Check the address or begin at Today.",
    ),
    405: both(
        "Dit adres kan zo niet worden gebruikt. Er is niets veranderd. Begin bij Vandaag.",
        "This address cannot be used in this way. Nothing was changed. Begin at Today.",
    ),
    413: both(
        "Dit is te groot om te ontvangen. Er is niets bewaard. Maak het kleiner of splits het.",
        "This is too large to receive. Nothing was kept. Make it smaller or split it.",
    ),
    500: both(
        "Er ging iets mis bij ons. Er is niets half bewaard. Probeer het over een minuut opnieuw.",
        "Something went wrong on our side. Nothing was half kept. Try again in a minute.",
    ),
    503: both(
        "De gegevens zijn nu even niet bereikbaar. Er is niets half bewaard. Probeer het over een minuut opnieuw.",
        "The data cannot be reached just now. Nothing was half kept. Try again in a minute.",
    ),
}


def failure(request: HttpRequest, status: int, text: Text | None = None) -> HttpResponse:
    """The page of a failure, in the reader's language, with what was being sent so that nothing typed is lost."""
    sentence = text or _SENTENCES.get(status, _SENTENCES[400])
    context = {"status": status, "sentence": sentence, "typed": _typed(request)}
    return render(request, "shared/failure.html", context, status=status)


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """What stood in the form, as far as it can be read; never what proves who somebody is."""
    try:
        fields = list(request.POST.lists())
    except (SuspiciousOperation, BadRequest, UnreadablePostError, MultiPartParserError):
        return []
    typed = [(name, value) for name, values in fields for value in values if value.strip()]
    return [(name, value) for name, value in typed if not any(word in name for word in _SECRET)][:60]


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old to trust: show what was typed, so that nothing is lost."""
    sentence = both(
        "Dit formulier was verlopen of kwam niet van deze pagina, en is daarom niet verwerkt. "
        "Wat u invulde staat hieronder; kopieer het, open de pagina opnieuw en vul het weer in.",
        "This form had expired or did not come from this page, and was therefore not processed. "
        "What you filled in is below; copy it, open the page again and fill it in.",
    )
    return failure(request, 403, sentence)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: absent and hidden look the same."""
    return failure(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    """500; 503 while the database cannot be reached, is full or is held up."""
    if not isinstance(sys.exception(), OperationalError | InterfaceError):
        return failure(request, 500)
    response = failure(request, 503)
    response["Retry-After"] = "60"
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return failure(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return failure(request, 403)
