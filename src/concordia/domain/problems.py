"""What is wrong with a document, where, and how to mend it: always all of it at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from concordia.domain.texts import Text


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault. `path` points into the document (`procedures.strategic.rule.all[0].of`)."""

    path: str
    what: Text
    mend: Text

    def place(self, language: str) -> str:
        """The path for a reader: a place in a file in words of `language`, a path in the document as it is."""
        if language == "nl":
            return self.path.replace("line ", "regel ").replace("column ", "kolom ")
        return self.path

    def sentence(self, language: str) -> str:
        """Path, fault and mend in one line for a reader of `language`."""
        return f"{self.place(language)}: {self.what.in_language(language)} {self.mend.in_language(language)}"


class DocumentError(ValueError):
    """Raised with every fault of a document. `problems` is never empty."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.sentence("en") for problem in self.problems))
