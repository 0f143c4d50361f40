"""What the commands of this capability share: finding, holding, hashing, recording."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable

from django.db.models import Max

from concordia.capabilities.alliances.commands.recording import everyone
from concordia.capabilities.alliances.facts import Happened
from concordia.capabilities.alliances.models import Alliance
from concordia.capabilities.decisions.models import Decision, Paper, Proposal
from concordia.capabilities.decisions.queries.chairing import chairing
from concordia.capabilities.decisions.queries.procedures import Ruled
from concordia.capabilities.decisions.queries.states import is_own
from concordia.capabilities.ledger.commands import Entry, append
from concordia.domain.canonical import canonical_json
from concordia.domain.texts import Text, both
from concordia.kernel.access import Access
from concordia.kernel.errors import NotAllowedError, NotFoundError, RefusalError

LONGEST = 20_000  # characters of one text
# Signs that turn text around or hide in it. Those that join letters (U+200C, U+200D) and mark a direction stay.
_DECEIVING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u2060\ufeff")


def held(access: Access, proposal_id: str) -> Proposal:
    """The proposal, held until the end of the transaction. Raises NotFoundError."""
    return Proposal.objects.visible_to(access).select_for_update().one(id=proposal_id)


def own(access: Access, proposal: Proposal) -> None:
    """Only who puts a proposal forward changes it. Raises NotFoundError for others."""
    if not is_own(access, proposal):
        raise NotFoundError


def require_chair(access: Access, rules: Ruled) -> None:
    """Raise NotAllowedError, saying who may, unless the reader chairs the body of the proposal."""
    access.require_alliance()
    found = chairing(access, rules)
    if not found.ok:
        raise NotAllowedError(found.reason)


def one_at_a_time(access: Access) -> None:
    """Hold the row of the alliance until the end of the transaction: what comes next sees what is done here.

    For what begins something: of the same sent twice at one moment, each would else find that nothing is there.
    """
    Alliance.objects.visible_to(access).select_for_update().one(id=access.require_alliance())


def next_number(access: Access, rows: "type[Proposal] | type[Decision]", mark: str = "") -> str:
    """The next number of this year, such as 2026-014 or B2026-003. One numbering at a time."""
    one_at_a_time(access)
    prefix = f"{mark}{access.today.year}-"
    taken = rows.objects.unscoped().filter(alliance_id=access.alliance, number__startswith=prefix)
    # Three digits sort as text; beyond 999 they no longer do.
    longest = taken.order_by().aggregate(last=Max("number"))["last"] or f"{prefix}000"
    if longest.endswith("999"):
        longest = max(taken.values_list("number", flat=True), key=lambda number: int(number[len(prefix) :]))
    return f"{prefix}{int(longest[len(prefix) :]) + 1:03d}"


def text_hash(proposal: Proposal) -> str:
    """The SHA-256 of everything one votes on: question, text and papers, what it costs, touches and replaces."""
    papers = Paper.objects.unscoped().filter(proposal_id=proposal.id).order_by("sha256")
    whole = {
        "title": proposal.title,
        "question": proposal.question,
        "why": proposal.why,
        "paragraphs": list(proposal.paragraphs),
        "papers": list(papers.values_list("sha256", flat=True)),
        "subject": proposal.subject,
        "content": proposal.subject_hash,
        "subjects": list(proposal.subjects),
        "amount": "" if proposal.amount_cents is None else str(proposal.amount_cents),
        "effective": str(proposal.effective_date or ""),
        "replaces": proposal.replaces_id or "",
    }
    return hashlib.sha256(canonical_json(whole, multiline=True)).hexdigest()


def shared(access: Access, *facts: Happened) -> Entry:
    """Append to the shared log; the last entry. The caller wrote everything else."""
    audience = everyone(access)
    entries = [append(access, fact.recorded_by(access, audience)) for fact in facts]
    return entries[-1]


def in_private(access: Access, fact: Happened) -> None:
    """Append to the private log of one's own partner; people of the alliance as a whole have none."""
    if access.partner is not None:
        append(access, fact.recorded_by(access, (access.partner,)), private_to=access.partner)


def clean(
    text: str, *, field: str, longest: int = LONGEST, needed: Text | None = None, line: bool = False
) -> str:
    """Text as it is kept: NFC, without control signs and stray blanks, not endless; `line`: on one line.

    Raises RefusalError naming the field.
    """
    cleaned = _plain(text, field)
    cleaned = " ".join(cleaned.split()) if line else cleaned
    if needed is not None and not cleaned:
        raise RefusalError(needed, field=field)
    if len(cleaned) > longest:
        raise RefusalError(
            both(
                f"Deze tekst is langer dan {longest} tekens. Kort hem in of voeg hem als stuk toe.",
                f"This text is longer than {longest} characters. Shorten it or add it as a paper.",
            ),
            field=field,
        )
    return cleaned


def keys(given: Iterable[str], *, field: str) -> list[str]:
    """Subjects as keys, each once. Raises RefusalError for what is not a key."""
    found = list(dict.fromkeys(item.strip() for item in given if item.strip()))
    odd = [
        item for item in found if not re.fullmatch(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*", item) or len(item) > 60
    ]
    if odd:
        raise RefusalError(
            both(
                f"“{odd[0][:60]}” is geen onderwerp. Schrijf een sleutel in kleine letters, zoals costs.",
                f"“{odd[0][:60]}” is not a subject. Write a key in lower case, such as costs.",
            ),
            field=field,
        )
    return found


def require_state(ok: bool, nl: str, en: str) -> None:
    """Refuse with a sentence unless the proposal is where this act belongs."""
    if not ok:
        raise RefusalError(both(nl, en))


def _plain(text: str, field: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise RefusalError(
            both(
                "In deze tekst staat een teken dat niet bestaat. Typ dat stuk opnieuw.",
                "This text holds a sign that does not exist. Type that part again.",
            ),
            field=field,
        ) from None
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    shown = (sign for sign in lines if sign == "\n" or unicodedata.category(sign) != "Cc")
    return "".join(sign for sign in shown if sign not in _DECEIVING).strip()
