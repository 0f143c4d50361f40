"""Sentences and names that exist in more than one language (system.md C60)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import core_schema

LANGUAGES = ("nl", "en")
LANGUAGE = re.compile(r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence per language; a plain string is a sentence valid in every language.

    `by_language` maps ISO 639-1 codes to sentences; the empty code holds the plain string.
    """

    by_language: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, value: "str | Mapping[str, str] | Text") -> "Text":
        """Read a plain string or a map by language. Raises ValueError when there is nothing to read."""
        if isinstance(value, Text):
            return value
        if isinstance(value, str):
            return cls((("", value),))
        if not value or not all(isinstance(k, str) and isinstance(v, str) and k for k, v in value.items()):
            raise ValueError("a text is a string, or a map from language codes to strings")
        return cls(tuple(value.items()))

    def __str__(self) -> str:
        return self.in_language("en")

    def in_language(self, language: str) -> str:
        """The sentence for a reader of `language`; else the plain one, English, Dutch, or the first."""
        known = dict(self.by_language)
        for code in (language, language.split("-", 1)[0], "", "en", "nl"):
            if code in known:
                return known[code]
        return self.by_language[0][1]

    def plain(self) -> "str | dict[str, str]":
        """The form it has in a document: the string itself, or the map by language, in its given order."""
        if len(self.by_language) == 1 and self.by_language[0][0] == "":
            return self.by_language[0][1]
        return dict(self.by_language)

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Accept what a charter writes; give back the same form."""
        return core_schema.no_info_plain_validator_function(
            cls._validate,
            serialization=core_schema.plain_serializer_function_ser_schema(lambda text: text.plain()),
        )

    @classmethod
    def _validate(cls, value: Any) -> "Text":
        if isinstance(value, str | Mapping | Text):
            return cls.of(value)
        raise ValueError("a text is a string, or a map from language codes to strings")

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """JSON Schema: a string, or an object of strings keyed by language code.

        `{en: One declaration, used by all}` reaches a validator as a text and a key without a value.
        """
        by_language = {
            "type": "object",
            "minProperties": 1,
            "patternProperties": {LANGUAGE.pattern: {"type": "string"}},
            "additionalProperties": {
                "type": "null",
                "description": "what follows a comma in a text that YAML has between braces, without quotes",
            },
        }
        return {"oneOf": [{"type": "string"}, by_language]}


def both(nl: str, en: str) -> Text:
    """A sentence of the product itself, in both of its languages."""
    return Text((("nl", nl), ("en", en)))
