"""Two alliances with something of every kind in them, and who comes to look."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from support.cast import Cast
from support.deciding import LATER, decided, drafted, opened, rich_cast, sent
from support.kept import kept
from support.pages import signed_in, state

from concordia.capabilities.accounts.models import User
from concordia.capabilities.alliances.commands import ask_return, draft_charter, invite_person
from concordia.capabilities.alliances.queries import person
from concordia.capabilities.decisions.commands import add_paper, propose_amendment
from concordia.web.accounts import clock

ROLES = ("anonymous", "outsider", "clerk", "coordinator", "board", "other-board", "manager")
METHODS = ("GET", "POST")
# Of the tax office: voted on by all partners, in consultation with all, or its own alone.
VARIANTS = ("shared", "waiting", "private")


@dataclass
class Scene:
    """The alliance one is in, another one, browsers by role, and what stands in the place of each identifier."""

    cast: Cast
    other: Cast
    clients: dict[str, Client] = field(default_factory=dict)
    shared: dict[str, object] = field(default_factory=dict)
    waiting: dict[str, object] = field(default_factory=dict)
    private: dict[str, object] = field(default_factory=dict)
    before: dict[str, str] = field(default_factory=dict)
    elsewhere: dict[str, object] = field(default_factory=dict)


def make_scene() -> Scene:
    """Both alliances, and everybody at a browser."""
    scene = _alliances(clock.now())
    cast, other = scene.cast, scene.other
    people_by_role = {
        "clerk": cast.clerk,
        "coordinator": cast.tax_coordinator,
        "board": cast.tax,
        "other-board": cast.social,
        "manager": cast.manager,
        "outsider": other.tax,
    }
    scene.clients = {role: signed_in(member.user) for role, member in people_by_role.items()}
    scene.clients["anonymous"] = Client()
    scene.before = state()
    return scene


@kept
def _alliances(now: datetime) -> Scene:
    """Build both alliances alike."""
    cast, other = rich_cast("rich"), rich_cast("far")
    User.objects.filter(id=cast.clerk.user).update(example=False)  # so that there are keys to lose
    ask_return(cast.tax.at(now), person_id=cast.clerk.person)
    scene = Scene(cast, other)
    scene.shared, scene.waiting, scene.private = _objects(cast)
    shared, _, private = _objects(other)
    scene.elsewhere = private | shared
    return scene


def _objects(cast: Cast) -> tuple[dict[str, object], ...]:
    """What the tax office shares with all, and what it keeps to itself, by the name of the identifier."""
    running, draft, waiting = opened(cast), drafted(cast, title="Our own idea"), sent(cast, title="For all")
    decision = decided(cast).id
    amendment = propose_amendment(
        cast.social.at(), proposal_id=waiting, paragraph=0, text="Other words.", reason=""
    )
    with_paper = drafted(cast, title="With a paper")
    paper = add_paper(cast.tax.at(), proposal_id=with_paper, name="figures.csv", content=b"a,b\n1,2\n")
    version = draft_charter(cast.tax.at(LATER))
    invited = invite_person(
        cast.tax.at(LATER),
        name="Invited colleague",
        email="",
        position="professional",
        partner_id=cast.partners["tax"],
        from_date=date(2026, 3, 1) + timedelta(days=1),
    )
    board = person(cast.tax.at(LATER), cast.tax.person)
    mandate = next(mandate.id for row in board.appointments for mandate in row.mandates)
    common = {"number": 1, "paragraph": 0, "section": "alliance", "key": "strategic", "form": "yaml"}
    shared = common | {
        "proposal_id": running,
        "decision_id": decision,
        "amendment_id": amendment,
        "person_id": cast.clerk.person,
        "appointment_id": cast.clerk.appointment,
        "mandate_id": mandate,
    }
    private = common | {
        "proposal_id": draft,
        "paper_id": paper,
        "version_id": version,
        "person_id": invited.person,
    }
    return shared, common | {"proposal_id": waiting}, private


def inside() -> dict[str, tuple[str, ...]]:
    """Every address inside an alliance by name, with the identifiers it takes."""
    return {name: keys for name, (keys, is_inside) in _addresses().items() if is_inside}


def outside() -> dict[str, tuple[str, ...]]:
    """Every other address by name."""
    return {name: keys for name, (keys, is_inside) in _addresses().items() if not is_inside}


def _addresses() -> dict[str, tuple[tuple[str, ...], bool]]:
    found: dict[str, tuple[tuple[str, ...], bool]] = {}

    def walk(resolver: URLResolver, keys: tuple[str, ...]) -> None:
        for item in resolver.url_patterns:
            more = (*keys, *item.pattern.converters)
            if isinstance(item, URLPattern):
                assert item.name, f"{item.pattern} has no name"
                found[item.name] = (tuple(key for key in more if key != "alliance"), "alliance" in more)
            else:
                walk(item, more)

    walk(get_resolver(), ())
    return found
