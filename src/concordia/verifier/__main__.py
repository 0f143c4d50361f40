"""`python -m concordia.verifier FILE.zip`."""

import sys

from concordia.verifier import main

sys.exit(main())
