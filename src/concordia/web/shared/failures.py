"""When something cannot be shown: a calm page that says what happened, what was kept and what to do."""

from django.http import HttpRequest, HttpResponse
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
}


def failure(request: HttpRequest, status: int, text: Text | None = None) -> HttpResponse:
    """The page of a failure, in the reader's language."""
    context = {"status": status, "sentence": text or _SENTENCES.get(status, _SENTENCES[400]), "typed": ()}
    return render(request, "shared/failure.html", context, status=status)


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old to trust: show what was typed, so that nothing is lost."""
    typed = [
        (name, value)
        for name in request.POST
        for value in request.POST.getlist(name)
        if name != "csrfmiddlewaretoken" and "password" not in name and value.strip()
    ]
    sentence = both(
        "Dit formulier was verlopen of kwam niet van deze pagina, en is daarom niet verwerkt. "
        "Wat u invulde staat hieronder; kopieer het, open de pagina opnieuw en vul het weer in.",
        "This form had expired or did not come from this page, and was therefore not processed. "
        "What you filled in is below; copy it, open the page again and fill it in.",
    )
    context = {"status": 403, "sentence": sentence, "typed": typed[:60]}
    return render(request, "shared/failure.html", context, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: absent and hidden look the same."""
    return failure(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    """500."""
    return failure(request, 500)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return failure(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return failure(request, 403)
