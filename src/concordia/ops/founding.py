"""Found an alliance from a terminal, and give every partner its own first door."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localdate

from concordia.capabilities.alliances.commands import first_position, found_alliance, invite_person
from concordia.capabilities.alliances.models import Alliance
from concordia.capabilities.alliances.queries import charter_in_force
from concordia.domain.charter import Charter
from concordia.domain.texts import Text
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class Doors:
    """A founded alliance with one invitation link for each partner: the host takes no seat itself."""

    key: str
    name: Text
    links: tuple[tuple[Text, str], ...]

    def lines(self, language: str) -> list[str]:
        """What to print: each link goes to that partner and to nobody else."""
        heading = {
            "nl": "De alliantie “{name}” is opgericht. Stuur elke partner alleen de eigen link:",
            "en": "The alliance “{name}” is founded. Send each partner its own link only:",
        }[language]
        doors = [f"  {name.in_language(language)}: {link}" for name, link in self.links]
        return [heading.format(name=self.name.in_language(language)), *doors]


@transaction.atomic
def found_with_links(charter: Charter) -> Doors:
    """Found an alliance and invite one person of each partner, who then invites the others."""
    now = datetime.now(UTC)
    founded = found_alliance(now, charter=charter)
    position = first_position(charter)
    title = position.title("nl")
    links = []
    for partner in charter.partners:
        invited = invite_person(
            founded.access,
            name=f"{title} {partner.name.in_language('nl')}"[:120],
            email="",
            position=position.key,
            partner_id=founded.partners[partner.key],
            from_date=localdate(now),
        )
        links.append((partner.name, f"{settings.PUBLIC_URL}/invitation/{invited.token}/"))
    return Doors(founded.key, charter.alliance.name, tuple(links))


def charter_of(key: str) -> Charter:
    """The charter in force of an alliance. Raises NotFoundError when there is no such alliance."""
    row = Alliance.objects.unscoped().filter(key=key).first()
    if row is None:
        raise NotFoundError
    return charter_in_force(Access(now=datetime.now(UTC), alliance=row.id, system=True)).charter
