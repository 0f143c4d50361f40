"""What a process does with the register of an installation: started by tests, often to be killed.

python working.py found                       tables, an alliance, empty logs
python working.py append COUNT                entries, in one transaction
python working.py write FILE NAME [COUNT]     one entry a transaction, each acknowledged in FILE, until killed
python working.py publish                     sign the shared log and the private ones
python working.py bundle PARTNER FILE
python working.py erase PERSON | say PERSON TEXT
python working.py entries                     every entry of the shared log: number and title
"""

import os
import sys
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from support.house import NOW, PARTNERS, House, make_house  # noqa: E402

from concordia.capabilities.ledger import commands, queries  # noqa: E402
from concordia.capabilities.ledger.models import Log  # noqa: E402
from concordia.kernel.errors import RefusalError  # noqa: E402

_REFUSED = 9


def the_house() -> House:
    """The only alliance of the installation."""
    shared = Log.objects.unscoped().get(audience="shared")
    private = Log.objects.unscoped().filter(audience="private").order_by("opened_at", "id")
    by_name = Path(os.environ["CONCORDIA_DATA"], "partners").read_text(encoding="ascii").split()
    assert {log.owner_id for log in private} == set(by_name)
    return House(shared.owner_id, dict(zip(PARTNERS, by_name, strict=True)))


def found() -> None:
    call_command("migrate", interactive=False, verbosity=0)
    house = make_house()
    names = "\n".join(house.partners.values())
    Path(os.environ["CONCORDIA_DATA"], "partners").write_text(names, encoding="ascii")


def append(count: str) -> None:
    the_house().fill(int(count))


def write(file: str, name: str, count: str = "1000000") -> None:
    """Acknowledge after the commit, with one write of one line, as an answer to a browser would be."""
    house = the_house()
    acknowledged = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for i in range(int(count)):
        entry = house.record(house.fact(f"dec_{name}", title=f"{name} {i}"))
        os.write(acknowledged, f"{entry.n} {name} {i}\n".encode())


def publish() -> None:
    house = the_house()
    for log in (house.log, *map(house.private, PARTNERS)):
        commands.publish(log.id, NOW)


def bundle(partner: str, file: str) -> None:
    Path(file).write_bytes(the_house().bundle(partner))


def say(person: str, text: str) -> None:
    house = the_house()
    house.record(house.fact(personal={"person": (person, text)}))


def erase(person: str) -> None:
    with transaction.atomic():
        commands.erase_subject(the_house().system(), person, "asked")


def entries() -> None:
    house = the_house()
    page = queries.register_page(house.access("tax"), limit=1_000_000)
    for entry in reversed(page.entries):
        print(entry.n, entry.values.get("title", entry.values.get("person")))


if __name__ == "__main__":
    try:
        globals()[sys.argv[1]](*sys.argv[2:])
    except RefusalError as refusal:
        print(refusal.text.in_language("en"), file=sys.stderr)
        sys.exit(_REFUSED)
