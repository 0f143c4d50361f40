"""What one may do with accounts: with one's own everything, with another's nothing.

Whether somebody may invite or let a colleague back in follows from their position in an alliance; the
capability that knows positions asks for that right before it calls the commands here.
"""

from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError


def own_account(access: Access) -> str:
    """The account of who asks. Raises NotFoundError for whoever is not signed in."""
    if access.user is None:
        raise NotFoundError
    return access.user
