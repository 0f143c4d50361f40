"""What a partner hands in about its own witness."""

from django import forms

from concordia.web.shared.words import later


class KeyForm(forms.Form):
    """The key of one's own witness."""

    vkey = forms.CharField(
        label=later("Sleutel van uw getuige", "Key of your witness"),
        max_length=400,
        help_text=later(
            "De regel die de getuige liet zien bij init. Hij begint met de naam die u koos.",
            "The line the witness showed at init. It begins with the name you chose.",
        ),
        widget=forms.Textarea(attrs={"rows": 2, "class": "code", "spellcheck": "false"}),
    )


class LineForm(forms.Form):
    """The line with which one's own witness countersigns."""

    line = forms.CharField(
        label=later("Regel van uw getuige", "Line of your witness"),
        max_length=4000,
        help_text=later(
            "De regel die de getuige liet zien bij cosign.", "The line the witness showed at cosign."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "class": "code", "spellcheck": "false"}),
    )
