"""Starting an alliance of one's own: six short steps, every one skippable."""

import re
import unicodedata
from typing import Any

from django import forms

from concordia.web.alliances.forms import Day
from concordia.web.shared.words import later

RULES = (
    ("consent", later("Niemand heeft een bezwaar (consent)", "Nobody objects (consent)")),
    ("unanimity", later("Alle partners stemmen voor", "All partners vote for")),
    ("majority", later("Meer dan de helft van de uitgebrachte stemmen", "More than half of the votes cast")),
)


class StartForm(forms.Form):
    """Name, objective, partners, one procedure, the first board date."""

    name = forms.CharField(
        label=later("Hoe heet de alliantie?", "What is the alliance called?"),
        max_length=120,
        required=False,
    )
    objective = forms.CharField(
        label=later("Waarvoor werkt u samen?", "What do you work together for?"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=later("Eén zin. Het mag nog ruw zijn.", "One sentence. It may still be rough."),
    )
    partners = forms.CharField(
        label=later("Welke organisaties doen mee?", "Which organizations take part?"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=later(
            "Eén per regel, de eerste is uw eigen organisatie. Weet u het nog niet, laat het dan leeg: "
            "er staan er dan twee klaar om een naam te geven.",
            "One per line, the first one is your own organization. Leave it empty when you do not know yet: "
            "two will stand ready to be named.",
        ),
    )
    rule = forms.ChoiceField(
        label=later("Hoe besluit u?", "How do you decide?"),
        choices=RULES,
        initial="consent",
        required=False,
        widget=forms.RadioSelect,
        help_text=later(
            "U kunt dit later wijzigen, met een besluit.", "You can change this later, by a decision."
        ),
    )
    first_board = Day(
        label=later("Wanneer komt het bestuur voor het eerst bijeen?", "When does the board meet first?"),
        required=False,
    )
    own_name = forms.CharField(label=later("Uw naam", "Your name"), max_length=120, required=False)

    def clean_name(self) -> str:
        """The name as people see it; a working title when skipped."""
        written = self.cleaned_data["name"]
        name = _shown(written or str(later("Onze alliantie", "Our alliance")))
        if not name:
            raise forms.ValidationError(
                later("Vul een naam in die te lezen is.", "Fill in a name one can read.")
            )
        return name

    def clean_partners(self) -> list[str]:
        """The names, one per line, at least two and all different; two to be named when skipped."""
        lines = [_shown(line) for line in self.cleaned_data["partners"].splitlines()]
        names = [line for line in lines if line]
        if not names:
            return [
                str(later("Onze organisatie", "Our organization")),
                str(later("De andere organisatie", "The other organization")),
            ]
        if len(names) < 2:
            raise forms.ValidationError(
                later(
                    "Noem minstens twee organisaties, elk op een regel.",
                    "Name at least two organizations, each on a line.",
                )
            )
        if len({unicodedata.normalize("NFKC", name).casefold() for name in names}) < len(names):
            raise forms.ValidationError(
                later(
                    "Twee organisaties heten hetzelfde. Maak ze te onderscheiden.",
                    "Two organizations have the same name. Make them different.",
                )
            )
        if len(names) > 40 or any(len(name) > 120 for name in names):
            raise forms.ValidationError(
                later(
                    "Noem hoogstens 40 organisaties, met korte namen.",
                    "Name at most 40 organizations, with short names.",
                )
            )
        return names

    def clean_rule(self) -> str:
        """Consent unless chosen otherwise."""
        return self.cleaned_data["rule"] or "consent"

    def charter(self) -> dict[str, Any]:
        """The charter that follows, as plain values."""
        values = self.cleaned_data
        name = values["name"]
        return {
            "concordia": "charter/1",
            "alliance": {
                "key": key_of(name),
                "name": name,
                "objective": values["objective"] or name,
                **({"since": values["first_board"].isoformat()} if values["first_board"] else {}),
            },
            "partners": [
                {"key": key, "name": partner}
                for key, partner in zip(keys_of(values["partners"]), values["partners"], strict=True)
            ],
            "positions": [
                {
                    "key": "board-member",
                    "name": {"nl": "Bestuurslid", "en": "Board member"},
                    "level": "strategic",
                    "per": "partner",
                },
                {
                    "key": "alliance-coordinator",
                    "name": {"nl": "Ketencoördinator", "en": "Alliance coordinator"},
                    "level": "tactical",
                    "per": "partner",
                },
            ],
            "bodies": [
                {
                    "key": "board",
                    "name": {"nl": "Bestuur", "en": "Board"},
                    "level": "strategic",
                    "seats": ["board-member"],
                    "substitutes": False,
                    "chair": {"rotates": "partners", "every": "P1Y"},
                    "rhythm": "FREQ=MONTHLY;INTERVAL=3",
                    "papers": "P7D",
                }
            ],
            "procedures": [_procedure(values["rule"])],
            "amendment": {"procedure": "board-decision"},
        }


def _procedure(rule: str) -> dict[str, Any]:
    rules = {
        "consent": {
            "all": [{"votes": ["against", "block"], "at_most": 0}, {"votes": ["for"], "at_least": 1}]
        },
        "unanimity": {"votes": ["for"], "at_least": "100%", "of": "all"},
        "majority": {"votes": ["for"], "more_than": "50%", "of": "cast"},
    }
    return {
        "key": "board-decision",
        "name": {"nl": "Bestuursbesluit", "en": "Board decision"},
        "body": "board",
        "involve": {"at_least": "P14D", "waivable": True},
        "quorum": {"votes": ["present"], "more_than": "50%", "of": "all"},
        "rule": rules[rule],
        "proxy": True,
    }


def _shown(text: str) -> str:
    """One line as people see it: without signs that hide in it or turn it around."""
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable()).strip()


def keys_of(names: list[str]) -> list[str]:
    """A key for each name, all different, also for names that are written in other letters than ours."""
    keys: list[str] = []
    for name in names:
        plain = key_of(name)
        possible = (plain, *(f"{plain}-{number}" for number in range(2, len(names) + 2)))
        keys.append(next(key for key in possible if key not in keys))
    return keys


def key_of(name: str) -> str:
    """A key from a name: lower case, letters, digits and hyphens, beginning with a letter."""
    plain = unicodedata.normalize("NFKD", name.lower())
    key = (
        re.sub(r"[^a-z0-9]+", "-", "".join(sign for sign in plain if not unicodedata.combining(sign)))
        .strip("-")[:50]
        .strip("-")
    )
    return key if key[:1].isalpha() else f"a-{key}".strip("-")
