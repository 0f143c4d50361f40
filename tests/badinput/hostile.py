"""What nobody should send: values and bodies, chosen by a given hand so that a run can be repeated."""

import json
from collections.abc import Sequence
from random import Random
from urllib.parse import quote_from_bytes

from support.files import PDF, archive, jpeg, odf, office, png

type Fields = list[tuple[str, bytes]]

_LADDER = b"".join(b"a%d: &a%d [*a%d, *a%d]\n" % (i + 1, i + 1, i, i) for i in range(40))
_WRITTEN = (
    *(
        "",
        " ",
        "\0",
        "a\0b",
        "\ufeff",
        "\U0010ffff",
        "\ufffe",
        "\x0b\x0c\x1c\x85",
        "\u2028\u2029",
        "\x1b[31m",
    ),
    *(
        "\r\nSet-Cookie: a=b",
        "\t",
        "\n" * 500,
        "x" * 300,
        "x" * 25_000,
        "x" * 70_000,
        "é" * 10_001,
        "😀" * 200,
    ),
    *("[" * 9_000, "<" * 15_000, "a" + "\u0301" * 2_000, "\u202eevil\u202c", "\u200b\u200d", "ﷺ" * 60, "Ǆﬃı"),
    *("0", "-1", "00", "1e999", "NaN", "-inf", "0x10", "²", "½", "٣", "１２", "9" * 18, "9" * 400, "1_000"),
    *(
        "1.000,00",
        "1,000.00",
        "1'000",
        "1 000",
        "0.001",
        "-0",
        "+5",
        ".5",
        "5.",
        "1e5",
        "9223372036854775808",
    ),
    *("2026-02-30", "0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "-0001-01-01", "２０２６-01-01"),
    *(
        "2026-W01-1",
        "20260101",
        "2026-1-1",
        "01-02-2026",
        "2026-01-01T00:00:00Z",
        "today",
        "24:00",
        "1e3-01-01",
    ),
    *(
        "[]",
        "{}",
        "null",
        "true",
        '{"a": 1}',
        '"',
        "'",
        "[1, 2",
        '{"id": [[]]}',
        "a: &a [*a]",
        "!!python/none x",
    ),
    *(
        "../../etc/passwd",
        "C:\\x",
        "//evil.example",
        "javascript:alert(1)",
        "https:evil",
        "/\\evil",
        "file:///x",
    ),
    *(
        "<script>x()</script>",
        "{{7*7}}",
        "${7*7}",
        "%s%n%x",
        "{0.__class__}",
        "'; DROP TABLE x --",
        "\\",
        "%",
        "_",
    ),
    *("=cmd|' /C calc'!A0", "@evil", "a@b@c", "a@b\r\nBcc: x@y", '"a b"@c', "a@" + "b" * 300, "é@é.example"),
)
TEXTS: tuple[bytes, ...] = (
    *(text.encode() for text in _WRITTEN),
    *(b"\xed\xa0\x80", b"\xff\xfe\xfa", b"\xc0\xaf", b"\xf4\x90\x80\x80", bytes(range(1, 256)), _LADDER),
)
DAYS = ("2026-03-02", "2026-12-31", "2024-02-29", "9999-12-31", "0001-01-01", "1582-10-10", "2026-02-30")
FILES: tuple[bytes, ...] = (
    *(
        b"",
        b"\0",
        PDF,
        png(),
        jpeg(),
        odf(),
        office(),
        archive({"a": b"b"}),
        b"PK\x05\x06" + b"\0" * 18,
        _LADDER,
    ),
    *(b"MZ", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n" + b"\xff" * 40, b"%PDF-%%EOF", b"voter,vote\na,for\n"),
    *(b"concordia: charter/1\n", b"{" * 5_000, b"[" * 5_000, b"a: " * 5_000, b"\xfe\xff\0a", b"- \t- x"),
)
NAMES = (
    "a.pdf",
    "a.docx",
    "a.csv",
    "a.yaml",
    "",
    ".",
    "..",
    "a\r\nb.txt",
    'a".png',
    "x" * 400 + ".txt",
    "\u202e.md",
)
TYPES = (
    *(
        "",
        "text/plain",
        "application/json",
        "application/xml",
        "application/octet-stream",
        "multipart/form-data",
    ),
    *("application/x-www-form-urlencoded; charset=utf-16", "application/x-www-form-urlencoded; charset=zip"),
    *(
        "application/x-www-form-urlencoded; charset=none",
        "application/x-www-form-urlencoded; charset*=utf-8''%00",
    ),
    *(
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=é",
        "multipart/form-data; boundary=a b",
    ),
    *(
        "multipart/form-data; boundary=" + "x" * 300,
        "multipart/mixed; boundary=cut",
        "a/b/c",
        "\xff",
        ";",
        "x; charset*=none'x'y",
        "a/b; c=" + "x" * 11_000,
    ),
)
HEADERS: tuple[dict[str, str], ...] = (
    *({"HTTP_ACCEPT_LANGUAGE": value} for value in ("", "\xff", "x" * 5_000, "en;q=NaN", ",;,;", "zz")),
    *({"HTTP_REFERER": value} for value in ("", "javascript:x", "http://[::1", "//", "http://evil.example/")),
    *(
        {"HTTP_COOKIE": value}
        for value in ("language=xx", "sessionid", "=;=;", "concordia_session=\xff", "a" * 8_000)
    ),
    *({"HTTP_HOST": value} for value in ("", "evil.example", "a b", "127.0.0.1:99999", "[::1", "\xff")),
    *({"HTTP_RANGE": value} for value in ("bytes=0-", "bytes=9-1", "lines=1")),
    *({"HTTP_IF_MODIFIED_SINCE": value} for value in ("x", "Thu, 01 Jan 99999 00:00:00 GMT", "")),
    *({"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": value} for value in ("http://[", "%E0%A4%A", "")),
    *({"HTTP_X_FORWARDED_FOR": value} for value in ("x", "1.2.3.4," * 200)),
    *({"CONTENT_LENGTH": value} for value in ("", "-1", "x", "1")),
    *({"HTTP_X_HTTP_METHOD_OVERRIDE": value} for value in ("DELETE", "")),
    {"HTTP_EXPECT": "100-continue", "HTTP_TRANSFER_ENCODING": "chunked"},
    {"HTTP_IF_NONE_MATCH": '"', "HTTP_ACCEPT": "\0", "HTTP_USER_AGENT": "\xff" * 3_000},
)


def text(hand: Random, known: Sequence[str] = ()) -> bytes:
    """A hostile value: one of the list, an identifier of something that exists, a mixture, or noise."""
    kind = hand.random()
    if kind < 0.55:
        return hand.choice(TEXTS)
    if known and kind < 0.75:
        name = hand.choice(known)
        return hand.choice((name, name.upper(), name[:-1], name + "x", name[::-1], f" {name}\n")).encode()
    if kind < 0.9:
        return hand.choice(TEXTS)[:500] + hand.choice(TEXTS)[:500]
    return hand.randbytes(hand.randrange(200))


def urlencoded(fields: Fields) -> bytes:
    """A form as a browser sends it, with whatever bytes it holds."""
    return b"&".join(
        f"{quote_from_bytes(name.encode())}={quote_from_bytes(value)}".encode() for name, value in fields
    )


def multipart(hand: Random, fields: Fields, files: Fields) -> tuple[str, bytes]:
    """A form with files: its content type and its body, sometimes damaged."""
    parts = [
        b'Content-Disposition: form-data; name="%s"\r\n\r\n%s' % (name.encode(), value)
        for name, value in fields
    ]
    parts += [
        b'Content-Disposition: form-data; name="%s"; filename="%s"\r\nContent-Type: %s\r\n\r\n%s'
        % (name.encode(), hand.choice(NAMES).encode(), hand.choice((b"text/plain", b"\xff", b"")), value)
        for name, value in files
    ]
    body = b"".join(b"--cut\r\n" + part + b"\r\n" for part in parts) + b"--cut--\r\n"
    if hand.random() < 0.3:
        body = _damaged(hand, body)
    return "multipart/form-data; boundary=cut", body


def odd_body(hand: Random, fields: Fields) -> tuple[str, bytes]:
    """Something else in the place of a form: its content type and its body."""
    shown = {name: value.decode(errors="replace") for name, value in fields}
    bodies = (
        json.dumps(shown).encode(),
        json.dumps([shown, {"deep": [[[]]]}]).encode(),
        b"[" * 3_000,
        b"",
        b"\0" * 50,
        urlencoded(fields),
        urlencoded(fields * 2),
        b"&".join(b"f%d=1" % number for number in range(1_001)),
        b"=&&=;&%zz=%&a=%",
        b"x" * 2_700_000,
        hand.randbytes(300),
    )
    return hand.choice(TYPES), hand.choice(bodies)


def _damaged(hand: Random, body: bytes) -> bytes:
    place = hand.randrange(len(body))
    what = hand.randrange(5)
    if what == 0:
        return body[:place]
    if what == 1:
        return body[:place] + hand.randbytes(3) + body[place:]
    if what == 2:
        return body.replace(b"\r\n", b"\n")
    if what == 3:
        return body.replace(b"form-data", hand.choice((b"", b"x" * 9_000, b"form-data; name*=utf-8''%ff")))
    return body.replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n")
