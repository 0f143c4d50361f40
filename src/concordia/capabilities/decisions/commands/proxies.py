"""Voting by proxy: one step, no chains, only where the procedure allows, revocable by the principal."""

from django.db import transaction

from concordia.capabilities.alliances.queries import person_names
from concordia.capabilities.decisions import facts
from concordia.capabilities.decisions.commands import support
from concordia.capabilities.decisions.commands.opening import running
from concordia.capabilities.decisions.commands.voters import acting_for, require_cover
from concordia.capabilities.decisions.models import Proxy
from concordia.capabilities.decisions.queries.procedures import Ruled, ruled
from concordia.capabilities.decisions.queries.rolls import members
from concordia.domain.texts import both
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError, RefusalError
from concordia.kernel.scoping import Audience


@transaction.atomic
def grant_proxy(access: Access, *, proposal_id: str, to: str, voter: str = "") -> None:
    """Let one other member of the body vote for the voter one represents. A new proxy ends the one before.

    The giver's mandate must cover the proposal, as if they voted; the proxy ends when it no longer does, or when
    they lose the seat. Who receives it votes in person: it cannot be passed on. Who has several seats says for
    which (`voter`). Raises RefusalError, NotAllowedError, NotFoundError for a person one may not see.
    """
    proposal = running(access, proposal_id)
    rules = ruled(access, proposal)
    me = acting_for(access, proposal, rules, voter, own=True)
    access.require_recent()
    _require_allowed(rules)
    name = person_names(access, [to]).get(to)
    if name is None:
        raise NotFoundError
    _require_member(access, rules, to)
    require_cover(me.cover(access, proposal))
    given = Proxy.objects.visible_to(access).filter(
        proposal=proposal, voter=me.line.key, revoked_at__isnull=True
    )
    if given.filter(to_id=to, granted_by_id=access.person).exists():
        return

    given.update(revoked_at=access.now)
    Proxy.objects.create(
        alliance_id=proposal.alliance_id,
        owner_id=access.partner or access.require_alliance(),
        audience=Audience.SHARED,
        proposal=proposal,
        voter=me.line.key,
        to_id=to,
        granted_by_id=access.person or "",
        granted_at=access.now,
    )

    support.shared(access, facts.proxy_granted(proposal.id, me.line.key, to, name))


@transaction.atomic
def revoke_proxy(access: Access, *, proposal_id: str, voter: str = "") -> None:
    """Take a proxy back; a vote already cast under it stays until the voter changes it."""
    proposal = running(access, proposal_id)
    me = acting_for(access, proposal, ruled(access, proposal), voter, own=True)
    access.require_recent()

    given = Proxy.objects.visible_to(access).filter(
        proposal=proposal, voter=me.line.key, revoked_at__isnull=True
    )
    revoked = given.update(revoked_at=access.now)

    if revoked:
        support.shared(access, facts.proxy_revoked(proposal.id, me.line.key))


def _require_allowed(rules: Ruled) -> None:
    if not rules.procedure.proxy:
        raise RefusalError(
            both(
                "In deze procedure kan niemand bij volmacht stemmen.",
                "In this procedure nobody votes by proxy.",
            )
        )


def _require_member(access: Access, rules: Ruled, to: str) -> None:
    possible = {one.person: one.name for one in members(access, rules) if one.person != access.person}
    if to not in possible:
        listed = ", ".join(possible.values()) or "-"
        raise RefusalError(
            both(
                f"Een volmacht geeft u aan een ander stemmend lid van dit orgaan: {listed}.",
                f"A proxy is given to another voting member of this body: {listed}.",
            ),
            field="to",
        )
