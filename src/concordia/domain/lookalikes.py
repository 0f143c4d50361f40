"""Words that differ and look the same, so that nobody takes one organization for another.

Source: Unicode Technical Standard 39, Unicode Security Mechanisms, section 4 (confusable detection), for the
letters of Greek and Cyrillic that are drawn as Latin ones; compatibility forms fold under NFKC.
"""

import unicodedata

_DRAWN_AS = str.maketrans(
    "αβεζηικμνορτυχγω" + "авекмнорстухіјѕԁѵһԛԝгьп",
    "abezhikmnoptuxyw" + "abekmhopctyxijsdvhqwrbn",
)
_STROKES = str.maketrans({"l": "|", "I": "|", "1": "|"})  # a small l, a capital i, a one
_NOUGHT = str.maketrans({"0": "o"})


def skeletons(text: str) -> frozenset[str]:
    """What a text looks like: two texts that share one are not told apart by a hurried reader. Not to be shown.

    One is the text whatever its case, the other as it is drawn: `Il` and `1l` share the second. `IT` and `LT`,
    though alike in small letters where a capital i is read, share none.
    """
    once = unicodedata.normalize("NFKC", text)
    return frozenset({_folded(once), _folded(once.translate(_STROKES))})


def _folded(text: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    plain = folded.translate(_DRAWN_AS).translate(_NOUGHT)
    return "".join(sign for sign in plain if sign.isalnum() or sign == "|") or plain
