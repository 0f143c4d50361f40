"""Letters: written in the transaction of an act, posted later, never waited for."""

import logging
import smtplib
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from concordia.capabilities.accounts.models import Letter, User
from concordia.domain.texts import Text, both

logger = logging.getLogger("concordia.letters")
_NOT_YOU = both(
    "Hebt u dit niet zelf gedaan? Meld het dan meteen aan de beheerder van uw organisatie.",
    "Was this not you? Then tell the administrator of your organization at once.",
)
_ABOUT_ONE_LETTER = (
    *(smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError),
    ValueError,  # what no letter can be made of, such as an address that looks like one and is none
)
GIVE_UP_AFTER = 12  # tries, each waiting twice as long as the one before: about three days


def write_letter(to: str, language: str, subject: Text, body: Text, now: datetime) -> None:
    """Put a letter in the box. Without a mail server there is no box: pages tell everything by themselves."""
    if settings.EMAIL_URL:
        Letter.objects.create(
            to=to,
            subject=subject.in_language(language),
            body=body.in_language(language),
            written_at=now,
            try_at=now,
        )


def tell(user: User, subject: Text, what: Text, now: datetime) -> None:
    """Write to somebody what happened to their own account, in their language (ASVS 6.3.7)."""
    if user.example:
        return
    body = f"{what.in_language(user.language)}\n\n{_NOT_YOU.in_language(user.language)}\n"
    write_letter(user.email, user.language, subject, Text.of(body), now)


def deliver_letters(now: datetime, post: Callable[[EmailMessage], object] = EmailMessage.send) -> int:
    """Post what is due, one by one. Due work; returns how many went out.

    Each letter is claimed before it is posted, so that two workers do not send it twice; what fails waits
    longer each time and is given up, with a line in the log, after a dozen tries. A server that cannot be
    reached is left alone until the next look, so that other due work does not wait for it letter by letter.
    """
    posted = 0
    for letter in Letter.objects.filter(try_at__lte=now).order_by("try_at", "written_at", "id")[:50]:
        if not _claim(letter, now):
            continue
        try:
            post(EmailMessage(letter.subject, letter.body, None, [letter.to]))
        except _ABOUT_ONE_LETTER as error:
            _failed(letter, error)
        except OSError as error:  # smtplib's errors are OSErrors too
            _failed(letter, error)
            break
        else:
            letter.delete()
            posted += 1
    return posted


def _claim(letter: Letter, now: datetime) -> bool:
    pause = timedelta(minutes=1) * 2**letter.tries
    with transaction.atomic():
        waiting = Letter.objects.filter(pk=letter.pk, tries=letter.tries, try_at=letter.try_at)
        return waiting.update(tries=letter.tries + 1, try_at=now + pause) == 1


def _failed(letter: Letter, error: Exception) -> None:
    logger.warning("letter %s was not posted (try %d): %s", letter.id, letter.tries + 1, error)
    if letter.tries + 1 >= GIVE_UP_AFTER:
        logger.error("letter %s is given up", letter.id)
        letter.delete()
