"""Hard limits on the process that reads a delivery: memory, time, what it writes, how many files it opens."""

import ctypes
import re
import resource

MEGABYTE = 1 << 20
LEAST = 192 * MEGABYTE
_BASE = 128 * MEGABYTE  # what the program itself needs beside the engine
_STACK = 2 * MEGABYTE  # of a thread; a limit on memory counts the whole of it, used or not
_SIZE = re.compile(r"(\d{1,6})\s*(MB|GB|MiB|GiB)", re.IGNORECASE)


def size_of(written: str) -> int:
    """A size such as `512MB` or `2GB` in bytes. Raises ValueError for what is none, or too small to work in."""
    match = _SIZE.fullmatch(written.strip())
    if match is None:
        raise ValueError(written)
    size = int(match[1]) * (MEGABYTE if match[2][0].upper() == "M" else 1024 * MEGABYTE)
    if size < LEAST:
        raise ValueError(written)
    return size


def engine_memory(hard: int) -> str:
    """What of a hard limit in bytes the engine may plan with; the rest is for the program itself."""
    return f"{max(48, (hard - _BASE) * 6 // 10 // MEGABYTE)}MB"


def take_limits(memory: int, seconds: int | None, disk: int) -> None:
    """Bind this process to its limits, for good. `memory` and `disk` in bytes, `seconds` of processor time."""
    _narrow_stacks()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _bind(resource.RLIMIT_DATA, memory)
    _bind(resource.RLIMIT_FSIZE, disk)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = min(1024, hard if hard != resource.RLIM_INFINITY else 1024)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(files, soft), files))
    if seconds is not None:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))


def give_back() -> None:
    """Give the system what this process holds and does not use, where the C library can."""
    library = ctypes.CDLL(None)
    if hasattr(library, "malloc_trim"):
        library.malloc_trim(0)


def _bind(kind: int, most: int) -> None:
    """Bind to a limit, or to a lower one that is there already: nobody but root may raise it."""
    hard = resource.getrlimit(kind)[1]
    least = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (least, least))


def _narrow_stacks() -> None:
    """Give threads that start from here on a small stack, where the C library can: eight of eight MB are a waste."""
    library = ctypes.CDLL(None)
    attributes = ctypes.create_string_buffer(256)  # longer than any pthread_attr_t
    if not hasattr(library, "pthread_setattr_default_np") or library.pthread_attr_init(attributes):
        return
    library.pthread_attr_setstacksize(attributes, ctypes.c_size_t(_STACK))
    library.pthread_setattr_default_np(attributes)
