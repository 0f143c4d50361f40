"""What the register refuses and why, in both languages, without leaning on anything.

The signer starts for every publication and must start fast, so this module imports nothing.
"""


class RegisterError(ValueError):
    """Bytes or values that the register does not accept. `nl` and `en` are whole sentences for people."""

    def __init__(self, nl: str, en: str) -> None:
        super().__init__(en)
        self.nl = nl
        self.en = en

    def sentence(self, language: str) -> str:
        """The sentence for a reader of `language`: Dutch for nl, else English."""
        return self.nl if language.startswith("nl") else self.en
