"""The signer, with a copy of every note it gives out: set as the signer's command of an installation.

python notary.py NOTES ARGUMENT...        each note is in NOTES, a line of base64, before anybody gets it
"""

import os
import sys
from base64 import b64encode
from io import BytesIO, TextIOWrapper

from concordia import signer


def main(notes: str, arguments: list[str]) -> int:
    """Answer as the signer does; the exit status."""
    given, out = BytesIO(), sys.stdout
    sys.stdout = TextIOWrapper(given)
    status = signer.main(arguments)
    sys.stdout.flush()
    if status == 0 and not {"--mark", "--vkeys"} & set(arguments):
        file = os.open(notes, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(file, b64encode(given.getvalue()) + b"\n")
    out.buffer.write(given.getvalue())
    out.buffer.flush()
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
