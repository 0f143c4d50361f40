"""What forms say by themselves when something is not right: what to do, in the words of the house."""

from django.core.validators import EmailValidator, MaxLengthValidator
from django.forms import ChoiceField, DateField, Field, FileField

from concordia.web.shared.words import later


def speak_plainly() -> None:
    """Replace Django's sentences in every form: its English is written for programmers, its Dutch follows that."""
    Field.default_error_messages["required"] = later("Vul dit in.", "Fill this in.")
    ChoiceField.default_error_messages |= {
        "required": later("Maak een keuze.", "Make a choice."),
        "invalid_choice": later("Kies een van de mogelijkheden.", "Choose one of the possibilities."),
    }
    FileField.default_error_messages |= {
        "required": later("Kies eerst een bestand.", "Choose a file first."),
        "empty": later("Dit bestand is leeg. Kies een ander.", "This file is empty. Choose another."),
    }
    DateField.default_error_messages["invalid"] = later(
        "Dit is geen dag. Schrijf bijvoorbeeld 2026-03-02.",
        "This is not a day. Write for example 2026-03-02.",
    )
    EmailValidator.message = later(
        "Dit is geen e-mailadres. Schrijf het als naam@organisatie.nl.",
        "This is not an e-mail address. Write it as name@organization.nl.",
    )
    MaxLengthValidator.message = later(
        "Dit is te lang: hoogstens %(limit_value)d tekens, nu %(show_value)d.",
        "This is too long: at most %(limit_value)d characters, now %(show_value)d.",
    )
