"""What people fill in about proposals and votes. Parsing only: rules live in the commands."""

from typing import Any

from django import forms

from concordia.web.alliances.forms import NOBODY, Day, Money
from concordia.web.shared.words import later


def _text(label: Any, rows: int, longest: int, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=longest, widget=forms.Textarea(attrs={"rows": rows}), **options
    )


class DraftForm(forms.Form):
    """A proposal."""

    title = forms.CharField(label=later("Titel", "Title"), max_length=200)
    question = _text(
        later("Wat vraagt u de partners te besluiten?", "What do you ask the partners to decide?"),
        2,
        2000,
        help_text=later(
            "Eén vraag, die met voor of tegen te beantwoorden is.",
            "One question that can be answered with for or against.",
        ),
    )
    procedure = forms.ChoiceField(
        label=later("Volgens welke procedure?", "Under which procedure?"), widget=forms.RadioSelect
    )
    text = _text(
        later("Toelichting", "Explanation"),
        10,
        60_000,
        required=False,
        help_text=later(
            "Waarom, welke andere wegen er waren, wat het kost. Na een lege regel begint een nieuwe alinea; "
            "op elke alinea kan een partner een amendement doen.",
            "Why, which other ways there were, what it costs. An empty line starts a new paragraph; "
            "a partner can amend each paragraph.",
        ),
    )
    subjects = forms.MultipleChoiceField(
        label=later("Onderwerpen", "Subjects"), required=False, widget=forms.CheckboxSelectMultiple
    )
    amount_cents = Money(
        label=later("Bedrag (euro)", "Amount (euros)"),
        required=False,
        help_text=later(
            "Waarvoor de partners zich binden. Mandaten worden hieraan getoetst.",
            "What the partners bind themselves to. Mandates are checked against this.",
        ),
    )
    effective_date = Day(
        label=later("Geldt vanaf", "In force from"),
        required=False,
        help_text=later("Leeg: zodra het is aangenomen.", "Empty: as soon as it is adopted."),
    )
    urgent = forms.BooleanField(
        label=later("Dit is een spoedvoorstel", "This proposal is urgent"),
        required=False,
        help_text=later(
            "De termijn vooraf wordt korter, als de procedure spoed kent.",
            "The period beforehand gets shorter, if the procedure knows urgency.",
        ),
    )
    urgent_reason = _text(later("Waarom spoed", "Why urgent"), 2, 2000, required=False)

    def __init__(
        self, *args: Any, procedures: list[tuple[str, str]], subjects: list[tuple[str, str]], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.fields["procedure"].choices = procedures  # type: ignore[attr-defined]
        if len(procedures) == 1:
            self.fields["procedure"].initial = procedures[0][0]
        if subjects:
            self.fields["subjects"].choices = subjects  # type: ignore[attr-defined]
        else:
            del self.fields["subjects"]


class PaperForm(forms.Form):
    """A file beside a proposal."""

    file = forms.FileField(
        label=later("Stuk toevoegen", "Add a paper"),
        max_length=255,
        allow_empty_file=True,
        help_text=later(
            "PDF, Office, afbeelding of tekst, tot 20 MB. Alle partners krijgen dezelfde stukken op hetzelfde moment.",
            "PDF, Office, picture or text, up to 20 MB. All partners get the same papers at the same moment.",
        ),
    )


class ImpactForm(forms.Form):
    """What a proposal means for one's own organization."""

    note = _text(
        later("Wat betekent dit voor uw organisatie?", "What does this mean for your organization?"),
        5,
        20_000,
        required=False,
        help_text=later(
            "Schrijf het ook op als er niets verandert. Een concept ziet alleen uw organisatie.",
            "Write it also when nothing changes. A draft is seen by your organization only.",
        ),
    )


class ReasonForm(forms.Form):
    """A reason, for waiving or stepping aside."""

    reason = _text(later("Reden", "Reason"), 2, 2000, required=False)


class NoteForm(forms.Form):
    """A note inside one's own organization."""

    text = _text(later("Nieuwe notitie", "New note"), 3, 20_000)


class AmendmentForm(forms.Form):
    """Another wording of a paragraph."""

    text = _text(later("Zo zou de alinea luiden", "This is how the paragraph would read"), 6, 5000)
    reason = _text(later("Waarom", "Why"), 2, 2000, required=False)


CHOICES = (
    ("for", later("Voor", "For"), later("Wij stemmen ermee in.", "We agree.")),
    ("against", later("Tegen", "Against"), later("Wij stemmen er niet mee in.", "We do not agree.")),
    (
        "block",
        later("Blokkeren", "Block"),
        later(
            "Wij hebben een bezwaar dat eerst opgelost moet worden. Een reden is nodig.",
            "We have an objection that must be solved first. A reason is needed.",
        ),
    ),
    (
        "abstain",
        later("Onthouden", "Abstain"),
        later("Wij laten het aan de anderen over.", "We leave it to the others."),
    ),
)


class BallotForm(forms.Form):
    """Where one stands."""

    choice = forms.ChoiceField(
        label=later("Uw stem", "Your vote"),
        choices=[(key, word) for key, word, _ in CHOICES],
        widget=forms.RadioSelect,
        error_messages={"required": later("Kies waar u staat.", "Choose where you stand.")},
    )
    reason = _text(later("Reden", "Reason"), 2, 2000, required=False)
    ratify = forms.BooleanField(
        label=later(
            "Onder voorbehoud van bekrachtiging door mijn organisatie",
            "Subject to ratification by my organization",
        ),
        required=False,
    )
    voter = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)


class RecordedForm(forms.Form):
    """A vote received by phone or on paper."""

    voter = forms.ChoiceField(label=later("Namens", "On behalf of"))
    choice = forms.ChoiceField(
        label=later("Ontvangen stem", "Vote received"),
        choices=[
            *((key, word) for key, word, _ in CHOICES),
            ("present", later("Aanwezig, stemt niet", "Present, does not vote")),
        ],
    )
    reason = _text(
        later("Reden, of hoe de stem is ontvangen", "Reason, or how the vote was received"),
        2,
        2000,
        required=False,
    )

    told_by = forms.ChoiceField(
        label=later("Op wiens woord", "On whose word"),
        required=False,
        help_text=later("Leeg: de enige die hier kan binden.", "Empty: the only one who can bind here."),
    )
    ratify = forms.BooleanField(
        label=later("Onder voorbehoud van bekrachtiging", "Subject to ratification"), required=False
    )

    def __init__(
        self, *args: Any, voters: list[tuple[str, str]], people: list[tuple[str, str]], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.fields["voter"].choices = [NOBODY, *voters]  # type: ignore[attr-defined]
        self.fields["told_by"].choices = [("", "–"), *people]  # type: ignore[attr-defined]


class ProxyForm(forms.Form):
    """Who votes for one."""

    to = forms.ChoiceField(label=later("Volmacht aan", "Proxy to"))

    def __init__(self, *args: Any, people: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["to"].choices = [NOBODY, *people]  # type: ignore[attr-defined]


class OutcomeForm(forms.Form):
    """What was decided, in a sentence."""

    outcome = _text(later("Wat is er besloten, in een zin?", "What was decided, in a sentence?"), 2, 2000)
    owner = forms.ChoiceField(label=later("Wie bewaakt dit besluit?", "Who sees to this decision?"))
    review_date = Day(label=later("Wanneer kijkt u terug?", "When do you look back?"), required=False)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["owner"].choices = [NOBODY, *people]  # type: ignore[attr-defined]


class ReceiptForm(forms.Form):
    """How far one's own organization is."""

    state = forms.ChoiceField(
        label=later("Hoe ver is uw organisatie?", "How far is your organization?"),
        choices=(
            ("adopted", later("Overgenomen in onze eigen lijn", "Adopted in our own line")),
            ("started", later("Begonnen", "Started")),
            ("done", later("Gereed", "Done")),
        ),
        widget=forms.RadioSelect,
    )
    word = _text(later("In uw eigen woorden", "In your own words"), 2, 1000, required=False)
