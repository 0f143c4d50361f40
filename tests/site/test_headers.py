"""A content type that cannot be read breaks no request: the fault would lie before any page of ours."""

import io
from typing import Any

import pytest
from django.core.exceptions import BadRequest
from django.core.handlers.wsgi import WSGIRequest

from concordia.site.headers import make_legible

UNREADABLE = {
    "longer than any": "a/b; c=" + "x" * 11_000,
    "in no alphabet": "a/b; c*=none'en'x",
    "with a charset of nothing": "a/b; charset*=utf-8''%00",
}
READABLE = ("", "text/plain", "multipart/form-data; boundary=cut", "a/b; charset=utf-8", "a/b; charset=none")


def environ(kind: str) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/.well-known/security.txt",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "CONTENT_TYPE": kind,
        "CONTENT_LENGTH": "0",
        "wsgi.input": io.BytesIO(),
        "wsgi.url_scheme": "http",
    }


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_taken_for_none(name: str) -> None:
    sent = environ(UNREADABLE[name])
    with pytest.raises((BadRequest, ValueError)):
        WSGIRequest(dict(sent))

    make_legible(sent)

    assert WSGIRequest(sent).content_type == ""


@pytest.mark.parametrize("kind", READABLE)
def test_what_can_be_read_stays(kind: str) -> None:
    sent = environ(kind)

    make_legible(sent)

    assert sent["CONTENT_TYPE"] == kind
    WSGIRequest(sent)


@pytest.mark.django_db  # the server's own signals look after connections
@pytest.mark.parametrize("name", UNREADABLE)
def test_the_entrance_answers_with_a_page(name: str) -> None:
    from concordia.site.wsgi import application

    told: list[str] = []
    sent = environ(UNREADABLE[name]) | {"REQUEST_METHOD": "GET"}

    page = b"".join(application(sent, lambda status, headers: told.append(status)))

    assert told == ["200 OK"]
    assert page.startswith(b"Contact:")
