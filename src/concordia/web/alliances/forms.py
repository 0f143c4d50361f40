"""What people fill in about people, mandates and the charter. Parsing only: rules live in the commands."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from concordia.web.shared.words import later

NOBODY = ("", later("Maak een keuze", "Make a choice"))  # no list chooses a person for whoever fills it in
MAX_CHARTER = 1_000_000  # bytes of an uploaded charter


class Day(forms.DateField):
    """A day, picked or typed."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**options)

    def clean(self, value: Any) -> date | None:
        """The day, refused in a year that can only be a slip of the hand."""
        day: date | None = super().clean(value)
        if day is not None and not 1900 <= day.year < 2200:
            raise forms.ValidationError(
                later(
                    "Dit jaar lijkt verschreven. Schrijf bijvoorbeeld 2026-03-02.",
                    "This year looks mistyped. Write for example 2026-03-02.",
                )
            )
        return day


# Points or commas for thousands, the other for decimals; or no thousands at all.
_AMOUNTS = (
    re.compile(r"(?P<whole>[1-9]\d{0,2}(?:\.\d{3})+)(?:,(?P<part>\d{1,2}))?", re.ASCII),
    re.compile(r"(?P<whole>[1-9]\d{0,2}(?:,\d{3})+)(?:\.(?P<part>\d{1,2}))?", re.ASCII),
    re.compile(r"(?P<whole>\d{1,20})(?:[.,](?P<part>\d{1,2}))?", re.ASCII),
)


class Money(forms.CharField):
    """An amount in euros as people write it (250.000,00 or 250000.50), read into whole cents."""

    def clean(self, value: Any) -> int | None:
        """Cents, or None for an empty field."""
        text = re.sub(r"[\s€\u00a0]", "", super().clean(value) or "")
        if not text:
            return None
        written = next((found for form in _AMOUNTS if (found := form.fullmatch(text))), None)
        if written is None:
            raise forms.ValidationError(
                later(
                    "Schrijf een bedrag in euro's met hoogstens twee decimalen, bijvoorbeeld 250.000 of 250.000,50.",
                    "Write an amount in euros with at most two decimals, for example 250,000 or 250,000.50.",
                )
            )
        cents = int(re.sub(r"\D", "", written["whole"])) * 100 + int((written["part"] or "0").ljust(2, "0"))
        if cents >= 2**53:
            raise forms.ValidationError(later("Dit bedrag is te groot.", "This amount is too large."))
        return cents


class InvitationForm(forms.Form):
    """A new person with a position."""

    name = forms.CharField(label=later("Naam", "Name"), max_length=120)
    email = forms.EmailField(
        label=later("E-mailadres", "E-mail address"),
        required=False,
        help_text=later("Alleen uw eigen organisatie ziet dit.", "Only your own organization sees this."),
    )
    position = forms.ChoiceField(label=later("Functie", "Position"))
    from_date = Day(label=later("Eerste dag", "First day"))
    until_date = Day(
        label=later("Laatste dag", "Last day"),
        required=False,
        help_text=later("Laat leeg als er geen einde is.", "Leave empty when it has no end."),
    )

    def __init__(self, *args: Any, positions: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["position"].choices = positions  # type: ignore[attr-defined]


class AppointmentForm(forms.Form):
    """One more position for somebody who is already there."""

    position = forms.ChoiceField(label=later("Functie", "Position"))
    from_date = Day(label=later("Eerste dag", "First day"))
    until_date = Day(
        label=later("Laatste dag", "Last day"),
        required=False,
        help_text=later("Laat leeg als er geen einde is.", "Leave empty when it has no end."),
    )

    def __init__(self, *args: Any, positions: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["position"].choices = positions  # type: ignore[attr-defined]


class NoticeForm(forms.Form):
    """When somebody will leave a position."""

    until_date = Day(label=later("Laatste dag", "Last day"))


class HandoverForm(forms.Form):
    """Who comes next, and what they should know."""

    successor = forms.ChoiceField(
        label=later("Wie neemt het over", "Who takes over"),
        help_text=later(
            "Staat de opvolger er niet bij? Nodig die dan eerst uit.",
            "Is the next person not listed? Then invite them first.",
        ),
    )
    on = Day(label=later("Vanaf", "From"))
    text = forms.CharField(
        label=later("Wat de opvolger moet weten", "What the next person should know"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=later(
            "Lopende zaken, afspraken, wie te kennen. Alle partners kunnen dit lezen.",
            "Running matters, agreements, people to know. All partners can read this.",
        ),
    )

    def __init__(self, *args: Any, people: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["successor"].choices = [NOBODY, *people]  # type: ignore[attr-defined]


class MandateForm(forms.Form):
    """What a holder may decide for the partner."""

    subjects = forms.MultipleChoiceField(
        label=later("Onderwerpen", "Subjects"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=later("Kies er geen voor alle onderwerpen.", "Choose none for every subject."),
    )
    limit = Money(
        label=later("Tot (euro)", "Up to (euros)"),
        required=False,
        help_text=later("Laat leeg voor: geen grens.", "Leave empty for no limit."),
    )
    from_date = Day(label=later("Eerste dag", "First day"))
    until_date = Day(
        label=later("Laatste dag", "Last day"),
        required=False,
        help_text=later("Laat leeg als er geen einde is.", "Leave empty when it has no end."),
    )
    text = forms.CharField(
        label=later("In woorden", "In words"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, subjects: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        if subjects:
            self.fields["subjects"].choices = subjects  # type: ignore[attr-defined]
        else:
            del self.fields["subjects"]


class ErasureForm(forms.Form):
    """Why a person's data is erased."""

    ground = forms.CharField(
        label=later("Waarom", "Why"),
        max_length=500,
        help_text=later(
            "Bijvoorbeeld: op verzoek van de betrokkene.", "For example: at the request of the person."
        ),
    )


class SectionForm(forms.Form):
    """One section of the charter as the document writes it."""

    text = forms.CharField(
        label=later("Tekst van dit onderdeel", "Text of this section"),
        max_length=100_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false", "class": "code"}),
    )


class UploadForm(forms.Form):
    """A charter as a file."""

    file = forms.FileField(
        label=later("Handvest (YAML of JSON)", "Charter (YAML or JSON)"),
        max_length=200,
    )

    def clean_file(self) -> str:
        """The text of the file. Refuses what is too large or not UTF-8."""
        upload = self.cleaned_data["file"]
        if upload.size > MAX_CHARTER:
            raise forms.ValidationError(
                later(
                    "Dit bestand is groter dan 1 MB. Een handvest is een tekst; controleer het bestand.",
                    "This file is larger than 1 MB. A charter is a text; check the file.",
                )
            )
        try:
            return str(upload.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise forms.ValidationError(
                later(
                    "Dit bestand is geen UTF-8-tekst. Sla het op als UTF-8 en probeer het opnieuw.",
                    "This file is not a UTF-8 text. Save it as UTF-8 and try again.",
                )
            ) from None


class TrialForm(forms.Form):
    """A vote per voter, to try a procedure before living under it.

    `subjects` are those a proposal may have: some partners vote on a few of them only.
    """

    POSITIONS = (
        ("for", later("Voor", "For")),
        ("against", later("Tegen", "Against")),
        ("abstain", later("Onthoudt zich", "Abstains")),
        ("block", later("Blokkeert, met reden", "Blocks, with a reason")),
        ("present", later("Aanwezig, stemt niet", "Present, does not vote")),
        ("absent", later("Afwezig", "Absent")),
        ("recused", later("Trekt zich terug", "Steps aside")),
    )

    def __init__(
        self,
        *args: Any,
        voters: list[tuple[str, str]],
        subjects: Sequence[tuple[str, str]] = (),
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        if subjects:
            self.fields["subjects"] = forms.MultipleChoiceField(
                label=later("Onderwerpen van het voorstel", "Subjects of the proposal"),
                choices=subjects,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
        for key, name in voters:
            self.fields[f"vote-{key}"] = forms.ChoiceField(
                label=name, choices=self.POSITIONS, required=False, initial="for"
            )

    def votes(self) -> dict[str, str]:
        """The vote per voter key."""
        given = self.cleaned_data.items()
        return {name[5:]: value or "absent" for name, value in given if name.startswith("vote-")}
