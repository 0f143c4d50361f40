"""When something cannot be shown: a calm page that says what happened, what was kept and what to do."""

import re
import sys

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render

from concordia.domain.texts import Text, both

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
        "Deze pagina is er niet, of is niet voor u. Controleer het adres.",
        "This page is not there, or is not for you. Check the address.",
    ),
    405: both(
        "Dit adres kan zo niet worden gebruikt. Er is niets veranderd.",
        "This address cannot be used in this way. Nothing was changed.",
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


# What people type, by the name of its field. What they pick they find again on the page itself.
_TYPED = {
    "name": both("Naam", "Name"),
    "own_name": both("Uw naam", "Your name"),
    "email": both("E-mailadres", "E-mail address"),
    "objective": both("Doel", "Objective"),
    "partners": both("Organisaties", "Organizations"),
    "first_board": both("Eerste bijeenkomst van het bestuur", "First meeting of the board"),
    "title": both("Titel", "Title"),
    "question": both("Vraag", "Question"),
    "text": both("Tekst", "Text"),
    "amount_cents": both("Bedrag", "Amount"),
    "limit": both("Bedrag", "Amount"),
    "effective_date": both("Geldt vanaf", "In force from"),
    "urgent_reason": both("Waarom spoed", "Why urgent"),
    "reason": both("Reden", "Reason"),
    "note": both("Antwoord", "Answer"),
    "outcome": both("Uitkomst", "Outcome"),
    "review_date": both("Terugkijken op", "Review on"),
    "word": both("In uw eigen woorden", "In your own words"),
    "ground": both("Waarom", "Why"),
    "from_date": both("Eerste dag", "First day"),
    "until_date": both("Laatste dag", "Last day"),
    "on": both("Vanaf", "From"),
    "vkey": both("Sleutel van uw getuige", "Key of your witness"),
    "line": both("Regel van uw getuige", "Line of your witness"),
}

_BUTTONS = {"accepted", "rejected", "promoted"}  # buttons that share a name with a field of text
_OTHERWISE = both("Ook ingevuld", "Also filled in")
_PICKED = re.compile(r"[\w/?=&.%-]*")  # a key, number or path, as a button or a choice sends: nobody typed it
_SECRET = ("csrfmiddlewaretoken", "password", "passkey", "code")  # parts of names that are never shown again


def failure(request: HttpRequest, status: int, text: Text | None = None) -> HttpResponse:
    """The page of a failure, in the reader's language, with what was being sent so that nothing typed is lost."""
    sentence = text or _SENTENCES.get(status, _SENTENCES[400])
    context = {"status": status, "sentence": sentence, "typed": _typed(request)}
    return render(request, "shared/failure.html", context, status=status)


def _typed(request: HttpRequest) -> list[tuple[Text, str]]:
    """What was typed into the form, as far as it can be read; never what proves who somebody is."""
    try:
        fields = list(request.POST.lists())
    except (SuspiciousOperation, BadRequest, UnreadablePostError, MultiPartParserError):
        return []
    open_fields = [(name, values) for name, values in fields if not any(word in name for word in _SECRET)]
    typed = [(name, value) for name, values in open_fields for value in values if value.strip()]
    return [(label, value) for name, value in typed if (label := _label(name, value))][:60]


def _label(name: str, value: str) -> Text | None:
    """Under which words a value is shown; None for what was picked, which stands on the page itself."""
    known = _TYPED.get(name.split("-")[-1])
    if known is not None:
        return None if value in _BUTTONS else known
    return None if _PICKED.fullmatch(value) else _OTHERWISE


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


_ONLY_READS = "25006"  # read_only_sql_transaction: a server that is about to take over from another


def broken(request: HttpRequest) -> HttpResponse:
    """500; 503 while the database cannot be reached, is full, is held up or only reads yet."""
    error = sys.exception()
    only_reads = getattr(getattr(error, "__cause__", None), "sqlstate", None) == _ONLY_READS
    if not isinstance(error, OperationalError | InterfaceError) and not only_reads:
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
