"""Somebody signed in, in this process: asking for pages and counting what they cost."""

from datetime import UTC, datetime
from statistics import median, quantiles
from time import perf_counter

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from bench.alliance import KEY, Stage
from concordia.capabilities.accounts.models import User
from concordia.web.accounts.entering import SECOND_FACTOR, SEEN_AT, SIGNED_IN_AT

_NO_QUESTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


def visitor(stage: Stage, who: str = "ssa-board-member") -> Client:
    """A browser of somebody who is signed in, the second step done."""
    client = Client(SERVER_NAME="127.0.0.1", raise_request_exception=True)
    client.force_login(User.objects.get(id=stage.users[who]))
    session = client.session
    now = datetime.now(UTC).isoformat()
    session.update({SECOND_FACTOR: True, SEEN_AT: now, SIGNED_IN_AT: now})
    session.save()
    return client


def session_cookie(client: Client) -> str:
    """The cookie with which a real browser would be this person."""
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def latency(client: Client, path: str, times: int) -> tuple[float, float]:
    """The median and the 95th percentile of asking for a page, in milliseconds."""
    taken = []
    for _ in range(times):
        begun = perf_counter()
        fetch(client, path)
        taken.append((perf_counter() - begun) * 1000)
    return median(taken), quantiles(taken, n=20)[-1]


def queries(client: Client, path: str) -> list[str]:
    """The questions one page asks of the database; beginning and ending a transaction is none."""
    with CaptureQueriesContext(connection) as captured:
        fetch(client, path)
    asked = [query["sql"] for query in captured.captured_queries]
    return [sql for sql in asked if not sql.startswith(_NO_QUESTION)]


def fetch(client: Client, path: str) -> bytes:
    """The page. Raises RuntimeError when it is not one."""
    response = client.get(path)
    translation.deactivate()
    if response.status_code != 200:
        raise RuntimeError(f"{path}: status {response.status_code}")
    return response.content


def main_pages(proposal: str, decision: str) -> dict[str, str]:
    """The pages people use most, by name."""
    inside = f"/a/{KEY}/"
    places = ("alliance", "people", "charter", "proposals", "decisions", "register", "register/verification")
    return {
        "today": inside,
        **{place: f"{inside}{place}/" for place in places},
        "a proposal": f"{inside}proposals/{proposal}/",
        "a decision": f"{inside}decisions/{decision}/",
    }
