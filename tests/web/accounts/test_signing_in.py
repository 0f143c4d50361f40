"""Signing in takes two steps, tells nothing about who has an account, and goes nowhere else."""

import pytest
from django.contrib.auth.hashers import get_hashers
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from support.pages import shapes

from concordia.capabilities.accounts import commands
from concordia.capabilities.accounts.models import User
from concordia.kernel.access import Access

from .conftest import PASSWORD, Clock, body, code_of, sign_in

SIGN_IN, SECOND = "/account/sign-in/", "/account/sign-in/second/"


def count_hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows by one for each password that is hashed: that takes nearly all the time of signing in."""
    hashed: list[str] = []
    for kind in {type(hasher) for hasher in get_hashers()}:
        plain = kind.encode

        def encode(self, password, *rest, _plain=plain):
            hashed.append("encode")
            return _plain(self, password, *rest)

        def verify(self, password, encoded, _plain=kind.verify):
            before = len(hashed)
            right = _plain(self, password, encoded)
            del hashed[before:]
            hashed.append("verify")
            return right

        monkeypatch.setattr(kind, "encode", encode)
        monkeypatch.setattr(kind, "verify", verify)
    return hashed


def who(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def test_password_and_code_open_the_door(client: Client, user: User, seed: str, hands: Clock) -> None:
    first = client.post(SIGN_IN, {"email": user.email.upper(), "password": PASSWORD})
    assert first["Location"] == SECOND
    assert who(client) is None

    second = client.post(SECOND, {"code": code_of(seed, hands.time)})
    assert second["Location"] == "/"
    assert who(client) == user.id


def test_a_password_alone_opens_nothing_but_the_page_for_keys(client: Client, user: User) -> None:
    client.post(SIGN_IN, {"email": user.email, "password": PASSWORD})

    assert who(client) == user.id
    assert client.get("/")["Location"] == "/account/keys/"
    assert client.get("/account/keys/").status_code == 200


def test_the_second_page_without_the_first_leads_back(client: Client, user: User, seed: str) -> None:
    assert client.get(SECOND)["Location"] == SIGN_IN
    assert client.post(SECOND, {"code": "123456"})["Location"] == SIGN_IN


def test_a_wrong_code_opens_nothing_and_says_why(client: Client, user: User, seed: str) -> None:
    client.post(SIGN_IN, {"email": user.email, "password": PASSWORD})
    wrong = client.post(SECOND, {"code": "000000"})

    assert wrong.status_code == 422
    assert "This code is not right" in wrong.content.decode()
    assert who(client) is None


def test_the_second_step_waits_a_quarter_of_an_hour(
    client: Client, user: User, seed: str, hands: Clock
) -> None:
    client.post(SIGN_IN, {"email": user.email, "password": PASSWORD})
    hands.pass_(minutes=16)

    assert client.post(SECOND, {"code": code_of(seed, hands.time)})["Location"] == SIGN_IN
    assert who(client) is None


def test_one_code_does_not_open_two_browsers(user: User, seed: str, hands: Clock) -> None:
    browsers = [Client(), Client()]
    for browser in browsers:
        browser.post(SIGN_IN, {"email": user.email, "password": PASSWORD})
        browser.post(SECOND, {"code": code_of(seed, hands.time)})

    assert [who(browser) for browser in browsers] == [user.id, None]


def test_a_recovery_code_opens_once(client: Client, user: User, seed: str, hands: Clock) -> None:
    codes = commands.new_recovery_codes(Access(hands.time, user=user.id, recent=True))
    for expected in (user.id, None):
        browser = Client()
        browser.post(SIGN_IN, {"email": user.email, "password": PASSWORD})
        browser.post(SECOND, {"code": codes[0]})
        assert who(browser) == expected


def test_unknown_wrong_and_closed_look_the_same(client: Client, user: User, make_user, hands: Clock) -> None:
    closed = make_user("closed@wvp.example")
    commands.close_account(closed.email, now=hands.time)
    answers = [
        client.post(SIGN_IN, {"email": email, "password": password})
        for email, password in (
            ("nobody@wvp.example", PASSWORD),
            (user.email, "not the password at all"),
            (closed.email, PASSWORD),
        )
    ]

    assert {answer.status_code for answer in answers} == {422}
    emails = ("nobody@wvp.example", user.email, closed.email)
    assert len({body(answer, email) for answer, email in zip(answers, emails, strict=True)}) == 1


def test_known_and_unknown_cost_the_same_work(
    user: User, make_user, hands: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed, keyed = make_user("closed@wvp.example"), make_user("keyed@wvp.example")
    commands.close_account(closed.email, now=hands.time)
    keyed.set_unusable_password()
    keyed.save()
    hashed = count_hashes(monkeypatch)
    work = {}

    for email in (user.email, "nobody@wvp.example", closed.email, keyed.email):
        hashed.clear()
        with CaptureQueriesContext(connection) as asked:
            Client().post(SIGN_IN, {"email": email, "password": "not the password at all"})
        work[email] = (len(hashed), shapes(asked))

    assert work[user.email][0] == 1
    assert len(set(map(str, work.values()))) == 1


@pytest.mark.parametrize("kind", ["code", "recovery"])
def test_an_account_that_is_closed_between_two_steps_opens_nothing(
    client: Client, user: User, seed: str, hands: Clock, kind: str
) -> None:
    access = Access(hands.time, user=user.id, recent=True)
    codes = commands.new_recovery_codes(access)
    client.post(SIGN_IN, {"email": user.email, "password": PASSWORD})
    commands.close_account(user.email, now=hands.time)

    code = codes[0] if kind == "recovery" else code_of(seed, hands.time)
    answer = client.post(SECOND, {"code": code})

    assert (answer.status_code, answer["Location"]) == (302, SIGN_IN)
    assert who(client) is None


def test_guessing_is_slowed_for_known_and_unknown_alike(client: Client, user: User, hands: Clock) -> None:
    for email in (user.email, "nobody@wvp.example"):
        statuses = [
            client.post(SIGN_IN, {"email": email, "password": f"guess {number}"}).status_code
            for number in range(7)
        ]
        assert statuses == [422] * 5 + [429] * 2
    assert client.post(SIGN_IN, {"email": user.email, "password": PASSWORD}).status_code == 429

    hands.pass_(minutes=1)
    assert client.post(SIGN_IN, {"email": user.email, "password": PASSWORD}).status_code == 302


def test_a_slowed_answer_says_how_long(client: Client, user: User, hands: Clock) -> None:
    for _ in range(6):
        slowed = client.post(SIGN_IN, {"email": user.email, "password": "guess"})

    assert slowed["Retry-After"] == "60"
    assert "60 seconds" in slowed.content.decode()


@pytest.mark.parametrize(
    "evil",
    [
        "//evil.example",
        "https:evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "///evil.example",
        "/\t/evil.example",
        "/%0a/evil",
        "data:text/html,x",
        " //evil.example",
        "/" + "a" * 3000,
    ],
)
def test_next_never_leads_away(client: Client, user: User, evil: str) -> None:
    page = client.get(SIGN_IN, {"next": evil}).content.decode()
    answer = client.post(SIGN_IN, {"email": user.email, "password": PASSWORD, "next": evil})

    expected = evil if evil == "/%0a/evil" else "/"
    assert answer["Location"] == expected
    assert f'value="{expected}"' in page


def test_next_leads_on_after_both_steps(client: Client, user: User, seed: str, hands: Clock) -> None:
    client.post(SIGN_IN, {"email": user.email, "password": PASSWORD, "next": "/a/wage-data/"})

    assert client.post(SECOND, {"code": code_of(seed, hands.time)})["Location"] == "/a/wage-data/"


@pytest.mark.parametrize("path", ["passkey/", "second/passkey/"])
def test_questions_to_the_browser_are_only_asked_by_post(client: Client, db: None, path: str) -> None:
    assert client.get(SIGN_IN + path).status_code == 405


def test_signing_out_takes_a_press(signed_in: Client, user: User) -> None:
    signed_in.get("/account/sign-out/")
    assert who(signed_in) == user.id

    cookie = signed_in.cookies["concordia_session"].value
    signed_in.post("/account/sign-out/")
    thief = Client()
    thief.cookies["concordia_session"] = cookie
    assert thief.get("/account/")["Location"].startswith(SIGN_IN)


def test_the_session_gets_a_new_name_at_every_step(
    client: Client, user: User, seed: str, hands: Clock
) -> None:
    names = []
    client.get(SIGN_IN)
    for step in (
        lambda: client.post(SIGN_IN, {"email": user.email, "password": PASSWORD}),
        lambda: client.post(SECOND, {"code": code_of(seed, hands.time)}),
        lambda: hands.pass_(minutes=1),
        lambda: client.post("/account/confirm/", {"password": PASSWORD, "code": code_of(seed, hands.time)}),
    ):
        step()
        names.append(client.cookies["concordia_session"].value)

    assert names[0] != names[1]
    assert names[1] == names[2]
    assert names[2] != names[3]


def test_a_closed_account_is_out_at_once(signed_in: Client, user: User, hands: Clock) -> None:
    commands.close_account(user.email, now=hands.time)

    assert signed_in.get("/account/")["Location"].startswith(SIGN_IN)


def test_pages_of_accounts_are_never_kept_and_name_nothing_to_others(signed_in: Client) -> None:
    for path in ("/account/", "/account/keys/", "/account/sessions/", "/account/sign-out/"):
        page = signed_in.get(path)
        assert "no-store" in page["Cache-Control"]
        assert page["Referrer-Policy"] == "strict-origin"


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods_are_refused(client: Client, db: None, method: str) -> None:
    assert getattr(client, method)(SIGN_IN).status_code == 405


class TestTimeOfASession:
    """An hour without a page, twelve hours in all."""

    def test_an_idle_hour_ends_it(self, signed_in: Client, hands: Clock) -> None:
        signed_in.get("/account/")
        hands.pass_(minutes=59)
        assert signed_in.get("/account/").status_code == 200

        hands.pass_(minutes=60)
        ended = signed_in.get("/account/?x=1")
        assert ended["Location"] == "/account/sign-in/?next=%2Faccount%2F%3Fx%3D1&ended=1"
        assert who(signed_in) is None

    def test_twelve_busy_hours_end_it(self, signed_in: Client, hands: Clock) -> None:
        pages = 0
        while signed_in.get("/account/").status_code == 200:
            hands.pass_(minutes=20)
            pages += 1

        assert pages == 36

    def test_what_was_being_sent_waits_for_its_sender(
        self, signed_in: Client, user: User, seed: str, hands: Clock
    ) -> None:
        signed_in.get("/account/")
        hands.pass_(hours=2)
        ended = signed_in.post(
            "/a/wage-data/proposals/", {"text": "My <b>long</b> text", "csrfmiddlewaretoken": "x"}
        )
        assert "%2Faccount%2Fkept%2F" in ended["Location"]

        sign_in(signed_in, user, seed, hands)
        kept = signed_in.get("/account/kept/").content.decode()
        assert 'action="/a/wage-data/proposals/"' in kept
        assert "My &lt;b&gt;long&lt;/b&gt; text" in kept

    def test_nobody_else_gets_what_was_being_sent(self, signed_in: Client, make_user, hands: Clock) -> None:
        other = make_user("other@uwv.example")
        signed_in.get("/account/")
        hands.pass_(hours=2)
        signed_in.post("/a/wage-data/proposals/", {"text": "secret text"})
        signed_in.post(SIGN_IN, {"email": other.email, "password": PASSWORD})

        assert signed_in.get("/account/kept/")["Location"] == "/"
        assert "concordia_typed" not in signed_in.session


class TestManySessions:
    """Five places at once, listed and ended by their owner."""

    def test_the_sixth_ends_the_first(self, user: User, seed: str, hands: Clock) -> None:
        browsers = [Client() for _ in range(6)]
        for browser in browsers:
            sign_in(browser, user, seed, hands)

        assert [who(browser) is not None for browser in browsers] == [False] + [True] * 5

    def test_one_ends_one_s_own_only(self, signed_in: Client, make_user, hands: Clock) -> None:
        from allauth.usersessions.models import UserSession

        other = make_user("other@uwv.example")
        theirs = Client()
        theirs.post(SIGN_IN, {"email": other.email, "password": PASSWORD})
        row = UserSession.objects.get(user=other)

        assert signed_in.post("/account/sessions/", {"session": str(row.pk)}).status_code == 404
        assert who(theirs) == other.id

    def test_ending_the_others_keeps_this_one(
        self, signed_in: Client, user: User, seed: str, hands: Clock
    ) -> None:
        elsewhere = Client()
        sign_in(elsewhere, user, seed, hands)
        assert signed_in.get("/account/sessions/").content.decode().count("End this session") == 1

        signed_in.post("/account/sessions/", {"session": "others"})
        assert who(elsewhere) is None
        assert who(signed_in) == user.id

    def test_a_changed_password_ends_the_others(
        self, signed_in: Client, user: User, seed: str, hands: Clock
    ) -> None:
        elsewhere = Client()
        sign_in(elsewhere, user, seed, hands)
        new = {"old_password": PASSWORD, "new_password": "zeven kleine scheepjes varen"}
        assert signed_in.post("/account/password/", new)["Location"] == "/account/keys/"

        assert elsewhere.get("/account/")["Location"].startswith(SIGN_IN)
        assert signed_in.get("/account/sessions/").content.decode().count("this browser") == 1


class TestConfirming:
    """Keys change only with a proof of the last ten minutes."""

    @pytest.fixture
    def stale(self, signed_in: Client, hands: Clock) -> Client:
        hands.pass_(minutes=11)
        return signed_in

    @pytest.mark.parametrize(
        "path",
        ["/account/password/", "/account/keys/app/", "/account/keys/passkeys/", "/account/keys/recovery/"],
    )
    def test_a_stale_session_is_asked_first(self, stale: Client, path: str) -> None:
        for answer in (stale.get(path), stale.post(path, {"new_password": "zeven kleine scheepjes varen"})):
            assert answer["Location"].startswith("/account/confirm/?next=")

    def test_password_and_code_confirm(self, stale: Client, seed: str, hands: Clock) -> None:
        proof = {"password": PASSWORD, "code": code_of(seed, hands.time), "next": "/account/password/"}
        assert stale.post("/account/confirm/", proof)["Location"] == "/account/password/"

        assert stale.get("/account/password/").status_code == 200

    def test_half_a_proof_confirms_nothing(self, stale: Client, seed: str, hands: Clock) -> None:
        for proof in (
            {"password": PASSWORD, "code": "000000"},
            {"password": "wrong", "code": code_of(seed, hands.time)},
            {"passkey": "{}"},
            {"passkey": "not json"},
            {"passkey": "[1]"},
        ):
            assert stale.post("/account/confirm/", proof).status_code == 422
        assert stale.get("/account/password/").status_code == 302

    def test_no_password_is_ever_kept_for_later(self, stale: Client) -> None:
        stale.post("/account/password/", {"old_password": PASSWORD, "new_password": "new new new new"})

        assert PASSWORD not in str(dict(stale.session))


class TestForgotten:
    """Who asks for a new password learns nothing about anybody."""

    def test_known_and_unknown_get_the_same_answer(self, client: Client, user: User, settings) -> None:
        settings.EMAIL_URL = "smtp://localhost"
        answers = [
            body(client.post("/account/password/new/", {"email": email}), email)
            for email in (user.email, "nobody@wvp.example")
        ]

        assert answers[0] == answers[1]

    def test_known_and_unknown_cost_the_same_work(
        self, user: User, make_user, hands: Clock, settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.EMAIL_URL = "smtp://localhost"
        closed = make_user("closed@wvp.example")
        commands.close_account(closed.email, now=hands.time)
        hashed, work = count_hashes(monkeypatch), []

        for email in (user.email, "nobody@wvp.example", closed.email):
            hashed.clear()
            with CaptureQueriesContext(connection) as asked:
                Client().post("/account/password/new/", {"email": email})
            work.append((len(hashed), shapes(asked)))

        assert work[0] == work[1] == work[2]

    def test_without_a_mail_server_the_page_says_who_helps(self, client: Client, db: None, settings) -> None:
        settings.EMAIL_URL = ""
        assert "administrator of your organization" in client.get("/account/password/new/").content.decode()

    def test_the_link_of_a_letter_never_names_another_host(
        self, client: Client, user: User, settings
    ) -> None:
        from concordia.capabilities.accounts.models import Letter

        settings.EMAIL_URL = "smtp://localhost"
        settings.ALLOWED_HOSTS = ["*"]
        client.post("/account/password/new/", {"email": user.email}, headers={"host": "evil.example"})
        body = Letter.objects.get().body

        assert f"{settings.PUBLIC_URL}/account/password/new/{user.id}." in body
        assert "evil" not in body

    def test_a_reset_does_not_pass_the_second_step(
        self, client: Client, user: User, seed: str, settings, hands: Clock, monkeypatch
    ) -> None:
        from concordia.capabilities.accounts.models import Letter

        settings.EMAIL_URL = "smtp://localhost"
        Letter.objects.all().delete()
        client.post("/account/password/new/", {"email": user.email})
        path = Letter.objects.get().body.split(settings.PUBLIC_URL)[1].split()[0]
        assert client.get(path).status_code == 200

        new = "zeven kleine scheepjes varen"
        assert client.post(path, {"new_password": new})["Location"] == SIGN_IN
        assert client.get(path).status_code == 404
        assert client.post(SIGN_IN, {"email": user.email, "password": new})["Location"] == SECOND


def test_who_watches_reads_events_and_never_what_was_typed(
    client: Client, user: User, hands: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "concordia.security")
    for password in ("my secret guess", *["guess"] * 5, PASSWORD):
        client.post(SIGN_IN, {"email": user.email, "password": password})
    hands.pass_(minutes=5)
    client.post(SIGN_IN, {"email": user.email, "password": PASSWORD})

    assert "sign_in refused account=- address=127.0.0.1" in caplog.text
    assert "sign_in slowed" in caplog.text
    assert f"signed in account={user.id}" in caplog.text
    assert not [typed for typed in ("secret", user.email, PASSWORD) if typed in caplog.text]


class TestNonsense:
    """Whatever is sent, the answer is a page and never a failure of ours."""

    @pytest.mark.parametrize(
        "odd", ["\x00", "\x00@\x00.nl", "a" * 100_000, "é\u202e@x.nl", "' OR 1=1 --", "{{7*7}}"]
    )
    def test_in_every_field_of_signing_in(self, client: Client, db: None, odd: str) -> None:
        for fields in ({"email": odd, "password": odd}, {"passkey": odd}, {"next": odd, "email": odd}):
            assert client.post(SIGN_IN, fields).status_code == (400 if "\x00" in odd else 422)

    @pytest.mark.parametrize("odd", ["0", "-1", "9" * 40, "1\x00", "١", ""])
    def test_in_the_number_of_a_session(self, signed_in: Client, odd: str) -> None:
        assert signed_in.post("/account/sessions/", {"session": odd}).status_code in {302, 400, 404}

    def test_in_the_number_of_a_key(self, signed_in: Client) -> None:
        assert signed_in.get(f"/account/keys/passkeys/{'9' * 40}/").status_code == 404
        assert signed_in.post(f"/account/keys/passkeys/{'9' * 40}/removal/").status_code == 404

    @pytest.mark.parametrize("field", ["is_active", "example", "stamp", "id", "email", "owner_id"])
    def test_fields_that_are_not_asked_change_nothing(
        self, signed_in: Client, user: User, field: str
    ) -> None:
        before = User.objects.values().get(pk=user.pk)
        form = {"name": user.name, "language": "en", "theme": "system", field: "1"}
        assert signed_in.post("/account/", form).status_code == 302

        assert User.objects.values().get(pk=user.pk) == before


class TestKeysPages:
    """One's keys: set up, shown once, let go."""

    def test_a_first_app_leads_on_to_recovery_codes(self, client: Client, user: User, hands: Clock) -> None:
        client.post(SIGN_IN, {"email": user.email, "password": PASSWORD})
        page = client.get("/account/keys/app/").content.decode()
        assert "<svg" in page
        seed = client.session["concordia_totp_seed"]

        done = client.post("/account/keys/app/", {"code": code_of(seed, hands.time)})
        assert done["Location"] == "/account/keys/recovery/"
        assert "concordia_totp_seed" not in client.session
        assert client.get("/").status_code == 200

    def test_a_wrong_first_code_keeps_the_same_picture(
        self, client: Client, user: User, hands: Clock
    ) -> None:
        client.post(SIGN_IN, {"email": user.email, "password": PASSWORD})
        client.get("/account/keys/app/")
        seed = client.session["concordia_totp_seed"]
        wrong = client.post("/account/keys/app/", {"code": "000000"})

        assert wrong.status_code == 422
        assert client.session["concordia_totp_seed"] == seed
        assert client.get("/")["Location"] == "/account/keys/"

    def test_recovery_codes_are_shown_once(self, signed_in: Client) -> None:
        assert "<li><code>" not in signed_in.get("/account/keys/recovery/").content.decode()
        shown = signed_in.post("/account/keys/recovery/").content.decode()

        assert shown.count("<li><code>") == 10
        assert "<li><code>" not in signed_in.get("/account/keys/recovery/").content.decode()

    def test_the_only_second_step_stays(self, signed_in: Client) -> None:
        refused = signed_in.post("/account/keys/app/removal/")

        assert refused.status_code == 422
        assert "This is your only second step" in refused.content.decode()

    @pytest.mark.parametrize("path", ["app/removal/", "passkeys/options/", "passkeys/1/removal/"])
    def test_asking_for_a_change_by_link_is_refused(self, signed_in: Client, path: str) -> None:
        assert signed_in.get(f"/account/keys/{path}").status_code == 405
