"""Do an act again where the database let somebody else go first: a deadlock or a conflict of two transactions.

The database took back all of the one it stopped, and no command of ours does anything twice, so that trying again
is safe. Whatever else goes wrong is said to the reader instead.
"""

import secrets
import time
from collections.abc import Callable

from django.db import OperationalError

TRIES = 3
_CHANCE = secrets.SystemRandom()
_GAVE_WAY = {"40001", "40P01"}  # serialization_failure, deadlock_detected


def persist[Result](act: Callable[[], Result]) -> Result:
    """The result of an act, tried three times at most. Raises what the last try raised."""
    for number in range(1, TRIES):
        try:
            return act()
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) not in _GAVE_WAY:
                raise
        time.sleep(_CHANCE.uniform(0.01, 0.05) * number)  # so that two do not meet again in step
    return act()
