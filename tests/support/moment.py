"""The moment at which every page of a test is asked for: no minute, no midnight, no year passes between two of them.

`CONCORDIA_TESTS_AT=2028-02-29T23:59:58+00:00` lets the tests be at another moment.
"""

import os
from datetime import datetime

MOMENT = datetime.fromisoformat(os.environ.get("CONCORDIA_TESTS_AT") or "2026-11-27T09:30:00+00:00")
