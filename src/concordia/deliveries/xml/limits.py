"""How much of everything is taken from one XML message."""

DEEPEST = 100  # levels of elements
LONGEST_VALUE = 1_000_000  # bytes of UTF-8 in one value
MOST_ATTRIBUTES = 1_000  # on one element
MOST_NAMES = 20_000  # different names of elements in one message
ROWS_AT_ONCE = 8_192
CHUNK = 1 << 16  # bytes that the strict reader takes at a time
WINDOW = 1 << 20  # bytes that the fast reader takes at a time
