"""A reference to a thing of a capability that one may not know."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """`Subject("alliances.charter", "chv_…")`: resolved to a title and URL only where pages are made."""

    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Subject":
        """Read what `str` wrote. Raises ValueError when it is not of that form."""
        kind, separator, identifier = text.partition(":")
        if not (separator and kind and identifier):
            raise ValueError(text)
        return cls(kind, identifier)
