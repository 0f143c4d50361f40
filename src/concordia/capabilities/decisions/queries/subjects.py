"""Whether what a proposal is about can still be adopted as its partners saw it."""

from concordia.capabilities.alliances.models import CharterVersion
from concordia.capabilities.alliances.queries import charter_to_amend
from concordia.capabilities.decisions.models import Proposal
from concordia.domain.mandates import Cover
from concordia.domain.texts import both
from concordia.kernel.access import Access
from concordia.kernel.subject import Subject

_HOLDS = Cover(True, both("De tekst is wat de partners zagen.", "The text is what the partners saw."))
_CHANGED = Cover(
    False,
    both(
        "Het ontwerp van het handvest is niet meer de tekst die de partners kregen. Begin een nieuw voorstel.",
        "The draft of the charter is no longer the text the partners received. Start a new proposal.",
    ),
)
_OVERTAKEN = Cover(
    False,
    both(
        "Het handvest is intussen gewijzigd, en dit ontwerp gaat uit van de vorige versie: aannemen zou die "
        "wijziging ongedaan maken. Maak een ontwerp vanaf de nieuwste versie.",
        "The charter has changed meanwhile, and this draft starts from the version before: adopting it would undo "
        "that change. Make a draft from the newest version.",
    ),
)


def subject_holds(access: Access, proposal: Proposal) -> Cover:
    """Whether the subject is still the content that was sent, and not overtaken by another decision."""
    if not proposal.subject:
        return _HOLDS
    subject = Subject.parse(proposal.subject)
    if subject.kind != "alliances.charter":
        return _HOLDS
    version = CharterVersion.objects.visible_to(access).filter(id=subject.id).first()
    if version is None or version.content_hash != proposal.subject_hash or version.number is not None:
        return _CHANGED
    return _HOLDS if version.based_on_id == charter_to_amend(access).id else _OVERTAKEN
