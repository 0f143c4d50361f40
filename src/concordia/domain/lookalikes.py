"""Words that differ and look the same, so that nobody takes one organization for another.

Source: Unicode Technical Standard 39, Unicode Security Mechanisms, section 4 (confusable detection), for the
letters of Greek and Cyrillic that are drawn as Latin ones; compatibility forms fold under NFKC.
"""

import unicodedata

_DRAWN_AS = str.maketrans(
    "αβεζηικμνορτυχγω" + "авекмнорстухіјѕԁѵһԛԝгьп",
    "abezhikmnoptuxyw" + "abekmhopctyxijsdvhqwrbn",
)
_MORE = str.maketrans({"l": "i", "1": "i", "|": "i", "0": "o"})  # a capital i, an l, a one; an o and a zero


def skeleton(text: str) -> str:
    """What a text looks like: equal for texts that a hurried reader cannot tell apart. Not meant to be shown."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    plain = folded.translate(_DRAWN_AS).translate(_MORE)
    return "".join(sign for sign in plain if sign.isalnum()) or plain
