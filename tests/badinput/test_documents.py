"""Charters handed in as a file that are no charter: every fault said, the draft as it was (section Files)."""

import json
import time
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from support.cast import CHARTER

from concordia.capabilities.alliances.models import Alliance, CharterVersion

from .conftest import Desk

BILLION = "\n".join(
    ["a0: &a0 lol"] + [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 10)]
)
GOOD = CHARTER.format(key="another")
DOCUMENTS = {
    "words": (b"just some words", "This is not a charter."),
    "nothing": (b" \n\t\n", None),
    "binary": (b"\x89PNG\r\n\x1a\n\xff\xfe", "not a UTF-8 text"),
    "utf-16": (GOOD.encode("utf-16"), "not a UTF-8 text"),
    "nul": (GOOD.replace("Test alliance", "Test\0alliance").encode(), None),
    "billion": (BILLION.encode(), "A reference with * is not read here."),
    "itself": (b"a: &a [*a]", "A reference with * is not read here."),
    "deep": (b"[" * 5000, "deeper than 40 levels"),
    "deep-json": (b'{"a":' * 5000, None),
    "tag": (b"!!python/object/apply:os.system [ls]", None),
    "twice": (
        GOOD.replace("basis: voluntary", "basis: voluntary\n  basis: law").encode(),
        "stands here twice",
    ),
    "json-twice": (b'{"concordia": "charter/1", "concordia": "charter/1"}', "stands twice"),
    "unknown": (GOOD.replace("amendment:", "colour: red\namendment:").encode(), "colour"),
    "unfinished": (GOOD.encode()[:-20], None),
    "tab": (b"alliance:\n\tkey: a", None),
    "infinite": (b'{"concordia": "charter/1", "alliance": NaN}', None),
    "long-number": (b'{"concordia": ' + b"9" * 5000 + b"}", None),
    "huge": (b"# " + b"x" * 1_000_000, "larger than 1 MB"),
    "empty": (b"", "empty"),
    "entity": (b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", None),
}


def file(content: bytes, name: str = "charter.yaml") -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile(name, content)}


@pytest.fixture
def draft(tax: Desk) -> str:
    """A draft of the next charter; where it stands."""
    return str(tax.post("charter/drafts/")["Location"])


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_that_is_no_charter_leaves_the_draft_as_it_was(tax: Desk, draft: str, name: str) -> None:
    content, sentence = DOCUMENTS[name]
    before = list(CharterVersion.objects.unscoped().values_list("id", "content_hash"))

    answer = tax.client.post(draft + "upload/", file(content))

    page = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "The draft was not changed. Mend the file and hand it in again." in page
    assert sentence is None or sentence in page
    assert "root:" not in page
    assert list(CharterVersion.objects.unscoped().values_list("id", "content_hash")) == before


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_alliance_is_founded_on_a_document_that_is_no_charter(tax: Desk, name: str) -> None:
    answer = tax.client.post("/start/upload/", file(DOCUMENTS[name][0]))

    assert answer.status_code == 422
    assert Alliance.objects.unscoped().count() == 1


@pytest.mark.parametrize("sign", ["\\ud800", "\\0", "\\u202e", "\\x07", "\\u200b"])
@pytest.mark.parametrize("field", ["Tax office", "Eén aangifte die iedereen gebruikt."])
def test_a_sign_that_nobody_sees_is_refused_however_it_is_written(tax: Desk, sign: str, field: str) -> None:
    document = GOOD.replace(field, f'"Tax{sign}office"')

    answer = tax.client.post("/start/upload/", file(document.encode()))

    assert answer.status_code == 422
    assert "Here stands a sign that nobody sees." in answer.content.decode()
    assert Alliance.objects.unscoped().count() == 1


@pytest.mark.parametrize("written", ["Cafe\u0301 \uf900", '"Cafe\\u0301 \\uf900"'])
def test_a_name_composed_in_another_way_is_the_same_name(tax: Desk, written: str) -> None:
    document = GOOD.replace("en: Tax office", f"en: {written}")

    answer = tax.client.post("/start/upload/", file(document.encode()))

    assert answer.status_code == 302
    assert "Caf\u00e9 \u8c48" in tax.client.get("/a/another/people/").content.decode()


def test_a_bomb_of_references_is_refused_at_once(tax: Desk) -> None:
    start = time.perf_counter()
    tax.client.post("/start/upload/", file(BILLION.encode()))

    assert time.perf_counter() - start < 2


def test_every_fault_is_said_at_once(tax: Desk, draft: str) -> None:
    faulty = GOOD.replace("kind: public", "kind: odd", 1).replace("quorum:", "quorom:", 1)
    faulty = faulty.replace("body: table", "body: nowhere", 1)

    page = unescape(tax.client.post(draft + "upload/", file(faulty.encode())).content.decode())

    assert all(word in page for word in ("quorom", "nowhere", "odd"))


def test_what_was_written_in_a_section_stays_on_the_page(tax: Desk, draft: str) -> None:
    written = "- {key: tax, name: Tax office}\n- &x [*x"
    answer = tax.client.post(draft + "sections/partners/", {"text": written})

    assert answer.status_code == 422
    assert "Not saved yet" in answer.content.decode()
    assert written in unescape(answer.content.decode())


def test_a_section_that_is_not_there_is_not_found(tax: Desk, draft: str) -> None:
    assert tax.client.get(draft + "sections/nothing/").status_code == 404
    assert tax.client.post(draft + "sections/__class__/", {"text": "x"}).status_code == 404


def test_a_key_that_is_taken_is_said_and_nothing_is_founded(tax: Desk) -> None:
    document = CHARTER.format(key=tax.cast.key)
    answer = tax.client.post("/start/upload/", file(document.encode()))

    assert answer.status_code == 422
    assert "already has an alliance with the key" in unescape(answer.content.decode())
    assert Alliance.objects.unscoped().count() == 1


def test_a_charter_in_json_with_a_mark_at_its_start_is_read(tax: Desk) -> None:
    import yaml

    plain = json.dumps(yaml.safe_load(GOOD), default=str).encode()
    answer = tax.client.post("/start/upload/", file(b"\xef\xbb\xbf" + plain, "../../charter.json"))

    assert answer.status_code == 302
    assert Alliance.objects.unscoped().filter(key="another").exists()
