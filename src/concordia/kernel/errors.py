"""Refusals: every one is a sentence for a person, in both languages."""

from concordia.domain.texts import Text


class RefusalError(Exception):
    """The act was not done and nothing was changed. `text` says what is wrong and how to mend it."""

    def __init__(self, text: Text, *, field: str | None = None) -> None:
        self.text = text
        self.field = field
        super().__init__(str(text))


class NotFoundError(Exception):
    """It is not there, or not for you: the two must look the same from outside (answered with 404)."""


class NotAllowedError(RefusalError):
    """You may see it but not do this: the sentence says who may (answered with 403)."""


class StepUpError(RefusalError):
    """A binding act asks you to prove again who you are (answered by asking, then going on)."""
