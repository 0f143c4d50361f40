"""Small files of every kind that may stand beside a proposal, made here byte for byte."""

import io
import struct
import zipfile
import zlib

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\nstartxref\n9\n%%EOF\n"
_OPENXML = "application/vnd.openxmlformats-officedocument"


def png(width: int = 2, height: int = 2) -> bytes:
    """A PNG that says it has this size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0\0\0" * 2)), (b"IEND", b"")]
    packed = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def jpeg(width: int = 2, height: int = 2) -> bytes:
    """The segments of a JPEG that says it has this size."""
    frame = struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0" + frame + b"\xff\xda\x00\x02\x00\xff\xd9"


def office(kind: str = "wordprocessingml.document", folder: str = "word", **more: bytes) -> bytes:
    """An OOXML document; `more` are other entries by name."""
    types = f'<Types><Override ContentType="{_OPENXML}.{kind}.main+xml"/></Types>'
    entries = {"[Content_Types].xml": types.encode(), f"{folder}/document.xml": b"<w:document/>"} | more
    return archive(entries)


def odf(kind: str = "text", **more: bytes) -> bytes:
    """An ODF document; `more` are other entries by name."""
    mime = f"application/vnd.oasis.opendocument.{kind}".encode()
    return archive({"mimetype": mime, "content.xml": odf_content("")} | more)


def odf_content(inside: str) -> bytes:
    """The contents of an ODF document around some elements."""
    names = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = (
        f'xmlns:office="{names}:office:1.0" xmlns:text="{names}:text:1.0" xmlns:draw="{names}:drawing:1.0"'
    )
    links = 'xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f"<office:document-content {spaces} {links}>{inside}</office:document-content>".encode()


def linked(kind: str, target: str, *, outside: bool = True) -> bytes:
    """An OOXML document that has one relationship of a kind."""
    mode = ' TargetMode="External"' if outside else ""
    start = "http://schemas.openxmlformats.org"
    one = f'<Relationship Id="r1" Type="{start}/officeDocument/2006/relationships/{kind}" Target="{target}"{mode}/>'
    whole = f'<Relationships xmlns="{start}/package/2006/relationships">{one}</Relationships>'
    return office(**{"word/_rels/settings.xml.rels": whole.encode()})


def archive(entries: dict[str, bytes]) -> bytes:
    """A ZIP archive of these entries."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            file.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else None)
    return out.getvalue()
