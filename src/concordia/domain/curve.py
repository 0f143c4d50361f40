"""Whether an Ed25519 public key is one that a key pair can have (RFC 8032, section 5.1).

Signature libraries accept points of small order, under which a signature can be made without a private key.
Such keys, and encodings of no point at all, are refused when a key is read, which happens a few times a run.
"""

PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, PRIME) % PRIME
_ROOT_OF_MINUS_ONE = pow(2, (PRIME - 1) // 4, PRIME)

# Extended coordinates (X, Y, Z, T) of RFC 8032, section 5.1.4.
type Point = tuple[int, int, int, int]
_NEUTRAL: Point = (0, 1, 1, 0)


def is_sound_key(public: bytes) -> bool:
    """Whether the 32 bytes are the canonical encoding of a point of prime order."""
    point = _decode(public)
    return point is not None and not _is_neutral(point) and _is_neutral(_multiply(ORDER, point))


def _decode(public: bytes) -> Point | None:
    """The point of an encoding (RFC 8032, section 5.1.3), None where there is none or not canonical."""
    if len(public) != 32:
        return None
    number = int.from_bytes(public, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if y >= PRIME:
        return None
    x = _recover_x(y)
    if x is None or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = PRIME - x
    return (x, y, 1, x * y % PRIME)


def _recover_x(y: int) -> int | None:
    u, v = (y * y - 1) % PRIME, (_D * y * y + 1) % PRIME
    x = u * pow(v, 3, PRIME) * pow(u * pow(v, 7, PRIME), (PRIME - 5) // 8, PRIME) % PRIME
    if v * x * x % PRIME == u:
        return x
    if v * x * x % PRIME == PRIME - u:
        return x * _ROOT_OF_MINUS_ONE % PRIME
    return None


def _multiply(factor: int, point: Point) -> Point:
    total = _NEUTRAL
    while factor:
        if factor & 1:
            total = _add(total, point)
        point = _add(point, point)
        factor >>= 1
    return total


def _add(left: Point, right: Point) -> Point:
    x1, y1, z1, t1 = left
    x2, y2, z2, t2 = right
    a = (y1 - x1) * (y2 - x2) % PRIME
    b = (y1 + x1) * (y2 + x2) % PRIME
    c = 2 * t1 * t2 * _D % PRIME
    d = 2 * z1 * z2 % PRIME
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME)


def _is_neutral(point: Point) -> bool:
    x, y, z, _ = point
    return x % PRIME == 0 and (y - z) % PRIME == 0
