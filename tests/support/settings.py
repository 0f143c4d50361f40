"""The product's own settings, with everything it keeps in a folder that goes when the tests end."""

import atexit
import os
import shutil
import tempfile

_FOLDER = tempfile.mkdtemp(prefix="concordia-tests-")
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
os.environ["CONCORDIA_DATA"] = _FOLDER
os.environ.setdefault("CONCORDIA_URL", "http://127.0.0.1:8000")
os.environ.setdefault("CONCORDIA_LOG_HOST", "concordia.example")
for name in ("CONCORDIA_KEYS", "CONCORDIA_SIGNER", "CONCORDIA_EXAMPLE"):
    os.environ.pop(name, None)

from concordia.site.settings import *  # noqa: E402, F403
from concordia.site.settings import DATA, DATABASES, STORAGES  # noqa: E402

# A file, as in real life: threads and processes meet on it, and the writer lock is beside it.
if "sqlite" in str(DATABASES["default"]["ENGINE"]):
    DATABASES["default"]["TEST"] = {"NAME": str(DATA / "test.sqlite3")}
DATABASES["default"]["CONN_MAX_AGE"] = 0
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
PASSWORD_HASHERS = ["support.hashing.Quick"]
