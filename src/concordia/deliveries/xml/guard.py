"""Looks at every byte of a message before anything else does: refuses document types and what is no XML.

Expat is a parser of its own, with another history than libxml2: what the reader takes, both have taken. A document
type is refused at its first word, so that no entity is ever declared.
"""

from xml.parsers import expat

from concordia.deliveries.xml.faults import XmlFaultError

_ERRORS = expat.errors
_KINDS = {
    _ERRORS.XML_ERROR_NO_ELEMENTS: "truncated",
    _ERRORS.XML_ERROR_UNCLOSED_TOKEN: "truncated",
    _ERRORS.XML_ERROR_UNCLOSED_CDATA_SECTION: "truncated",
    _ERRORS.XML_ERROR_PARTIAL_CHAR: "truncated",
    _ERRORS.XML_ERROR_JUNK_AFTER_DOC_ELEMENT: "after-root",
    _ERRORS.XML_ERROR_UNKNOWN_ENCODING: "unknown-encoding",
    _ERRORS.XML_ERROR_INCORRECT_ENCODING: "encoding",
}


class Guard:
    """Takes a message piece by piece. Raises XmlFaultError. `root` is the name of the first element."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.XmlDeclHandler = self._declared
        self._parser.StartElementHandler = self._begun
        self.encoding = "UTF-8"
        self.root: str | None = None
        self._before = 0

    def take(self, piece: bytes, *, last: bool = False) -> None:
        """Look at the next piece."""
        try:
            self._parser.Parse(piece, last)
        except expat.ExpatError as error:
            raise self._fault(error, piece) from None
        except XmlFaultError:
            raise
        except (LookupError, ValueError, TypeError):  # a codec that Python has no table for
            raise XmlFaultError("unknown-encoding", 1, encoding=self.encoding) from None
        self._before += len(piece)

    @property
    def line(self) -> int:
        """The line that was reached."""
        return self._parser.CurrentLineNumber

    def _doctype(self, *_: object) -> None:
        raise XmlFaultError("doctype", self.line)

    def _declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        self.encoding = encoding or self.encoding

    def _begun(self, name: str, _attributes: object) -> None:
        namespace, _, local = name.rpartition(" ")
        self.root = f"{{{namespace}}}{local}" if namespace else local
        self._parser.StartElementHandler = None  # from here on nothing slows it down

    def _fault(self, error: expat.ExpatError, piece: bytes) -> XmlFaultError:
        words = expat.ErrorString(error.code) or ""
        kind = _KINDS.get(words, "ill-formed")
        at = self._parser.ErrorByteIndex - self._before
        if words == _ERRORS.XML_ERROR_INVALID_TOKEN and 0 <= at < len(piece) and piece[at] >= 0x80:
            kind = "encoding"
        if kind == "truncated" and self.root is None:
            kind = "empty"
        return XmlFaultError(kind, error.lineno, detail=words, encoding=self.encoding)
