"""Names of things: a readable prefix and 128 random bits, so that no name can be guessed or counted."""

import secrets

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u to misread
LENGTH = 40


def new_id(prefix: str) -> str:
    """A fresh identifier such as `dec_7k3…`: at most three letters, an underscore and 26 symbols."""
    number = secrets.randbits(128)
    symbols = []
    for _ in range(26):
        number, digit = divmod(number, 32)
        symbols.append(_ALPHABET[digit])
    return f"{prefix}_{''.join(symbols)}"
