"""People, positions and mandates."""

from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from concordia.capabilities.alliances import commands, queries
from concordia.kernel.access import Access
from concordia.kernel.errors import RefusalError
from concordia.web.accounts.links import invitation_link
from concordia.web.alliances import forms
from concordia.web.shared.entrance import done, page, posted, refuse
from concordia.web.shared.words import t

_JOINT = "alliance"  # in an address: the people of the alliance as a whole


@page
def people(request: HttpRequest, access: Access) -> HttpResponse:
    """Everybody by partner, with the places that are vacant."""
    return render(request, "alliances/people.html", {"page": queries.people(access)})


@page
def person(request: HttpRequest, access: Access, person_id: str) -> HttpResponse:
    """One person: positions, mandates, and what their own organization may do."""
    return _person(request, access, person_id)


@page(methods=("GET", "POST"))
def invitation(request: HttpRequest, access: Access) -> HttpResponse:
    """Invite somebody of one's own organization, or the first of another (`?partner=`); shows the link this once."""
    asked = request.GET.get("partner", access.partner or _JOINT)
    partner_id = None if asked == _JOINT else asked
    queries.require_inviting(access, partner_id)
    whole = queries.people(access)
    positions = _positions(whole, access, "partner" if partner_id else "alliance")
    form = forms.InvitationForm(posted(request), positions=positions, initial={"from_date": access.today})
    if request.method == "POST" and form.is_valid():
        try:
            invited = commands.invite_person(access, partner_id=partner_id, **form.cleaned_data)
        except RefusalError as refusal:
            refuse(form, refusal, access)
        else:
            return _link(request, invited.token)
    partner = next((line for line in whole.partners if line.id == partner_id), None)
    context = {"form": form, "partner": partner, "own": partner_id == access.partner}
    return render(request, "alliances/invitation.html", context, status=422 if form.errors else 200)


@page(methods=("POST",))
def again(request: HttpRequest, access: Access, person_id: str) -> HttpResponse:
    """A fresh invitation link; older ones end."""
    return _link(request, commands.invite_again(access, person_id=person_id))


@page(methods=("POST",))
def invitation_withdrawal(request: HttpRequest, access: Access, person_id: str) -> HttpResponse:
    """Make an invitation or a link to come back stop working."""
    commands.withdraw_invitation(access, person_id=person_id)
    return done(
        request,
        t("De link werkt niet meer.", "The link no longer works."),
        reverse("person", kwargs={**_place(request), "person_id": person_id}),
    )


@page(methods=("GET", "POST"))
def appointment(request: HttpRequest, access: Access, person_id: str) -> HttpResponse:
    """Give somebody one more position."""
    whole, line = queries.people(access), queries.person(access, person_id)
    queries.require_managing(access, line.partner)
    positions = _positions(whole, access, "partner" if line.partner else "alliance")
    form = forms.AppointmentForm(posted(request), positions=positions, initial={"from_date": access.today})
    return _act(
        request,
        access,
        form,
        lambda values: commands.appoint(access, person_id=person_id, **values),
        t("Geef een functie", "Give a position"),
        person_id,
        t("%(name)s heeft een nieuwe functie.", "%(name)s has a new position.") % {"name": line.name},
        t(
            "Alle partners zien wie welke functie heeft. Een mandaat geeft u daarna.",
            "All partners see who holds which position. You give a mandate after that.",
        ),
    )


@page(methods=("GET", "POST"))
def notice(request: HttpRequest, access: Access, appointment_id: str) -> HttpResponse:
    """Tell in time that somebody will leave a position."""
    line = _appointment(access, appointment_id)
    form = forms.NoticeForm(posted(request))
    return _act(
        request,
        access,
        form,
        lambda values: commands.give_notice(access, appointment_id=appointment_id, **values),
        t("Vertrek aankondigen", "Announce a departure"),
        line.person,
        t(
            "Alle partners zien nu de laatste dag van %(name)s.",
            "All partners can now see the last day of %(name)s.",
        )
        % {"name": line.name},
        t(
            "Alle partners zien deze dag, zodat het overdragen op tijd begint. Tot dan verandert er niets.",
            "All partners see this day, so that handing over begins in time. Until then nothing changes.",
        ),
    )


@page(methods=("GET", "POST"))
def handover(request: HttpRequest, access: Access, appointment_id: str) -> HttpResponse:
    """Pass a position on with what the next person should know."""
    line = _appointment(access, appointment_id)
    others = [
        (row.id, row.name)
        for row in queries.people(access).people
        if row.partner == line.partner and row.id != line.person
    ]
    form = forms.HandoverForm(posted(request), people=others, initial={"on": access.today})
    return _act(
        request,
        access,
        form,
        lambda values: commands.hand_over(
            access,
            appointment_id=appointment_id,
            successor_id=values["successor"],
            text=values["text"],
            on=values["on"],
        ),
        t("Overdragen", "Hand over"),
        line.person,
        t("De functie is overgedragen.", "The position is handed over."),
        t(
            "Op de gekozen dag begint de opvolger; voor %(name)s is het de laatste dag in deze functie. "
            "Een mandaat gaat niet mee: dat geeft u opnieuw.",
            "The next person begins on the chosen day, which is the last day of %(name)s in this position. "
            "A mandate does not go along: you give it anew.",
        )
        % {"name": line.name},
    )


@page(methods=("GET", "POST"))
def end(request: HttpRequest, access: Access, appointment_id: str) -> HttpResponse:
    """End an appointment now."""
    line = _appointment(access, appointment_id)
    return _act(
        request,
        access,
        django_forms.Form(posted(request)),
        lambda _values: commands.end_appointment(access, appointment_id=appointment_id),
        t("Deze benoeming beëindigen", "End this appointment"),
        line.person,
        t("De benoeming van %(name)s is beëindigd.", "The appointment of %(name)s has ended.")
        % {"name": line.name},
        t(
            "De rechten van %(name)s die bij deze functie horen stoppen meteen. "
            "Het register onthoudt dat de functie is vervuld.",
            "The rights of %(name)s that come with this position stop at once. "
            "The register keeps that it was held.",
        )
        % {"name": line.name},
        final=True,
    )


@page(methods=("GET", "POST"))
def mandate(request: HttpRequest, access: Access, appointment_id: str) -> HttpResponse:
    """Give the holder of an appointment a mandate."""
    line = _appointment(access, appointment_id)
    charter = queries.charter_in_force(access).charter
    subjects = [(subject, charter.called(subject, access.language)) for subject in charter.subjects]
    form = forms.MandateForm(posted(request), subjects=subjects, initial={"from_date": access.today})
    return _act(
        request,
        access,
        form,
        lambda values: commands.grant_mandate(
            access,
            appointment_id=appointment_id,
            subjects=tuple(values.get("subjects", ())),
            limit_cents=values["limit"],
            from_date=values["from_date"],
            until_date=values["until_date"],
            text=values["text"],
        ),
        t("Mandaat geven", "Give a mandate"),
        line.person,
        t(
            "%(name)s heeft een mandaat. Alle partners kunnen het zien.",
            "%(name)s has a mandate. All partners can see it.",
        )
        % {"name": line.name},
        t(
            "Waarover %(name)s uw organisatie mag binden, en tot welk bedrag. Alle partners zien dit.",
            "On what %(name)s may bind your organization, and up to which amount. All partners see this.",
        )
        % {"name": line.name},
    )


@page(methods=("POST",))
def withdrawal(request: HttpRequest, access: Access, mandate_id: str) -> HttpResponse:
    """Withdraw a mandate now."""
    commands.revoke_mandate(access, mandate_id=mandate_id)
    return done(
        request,
        t("Het mandaat is ingetrokken.", "The mandate is withdrawn."),
        reverse("people", kwargs=_place(request)),
    )


@page(methods=("GET", "POST"))
def erasure(request: HttpRequest, access: Access, person_id: str) -> HttpResponse:
    """Erase a person's data; every proof stays valid."""
    line = queries.person(access, person_id)
    queries.require_managing(access, line.partner)
    form = forms.ErasureForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            commands.erase_person(access, person_id=person_id, **form.cleaned_data)
        except RefusalError as refusal:
            refuse(form, refusal, access)
        else:
            return _erased(request, own=person_id == access.person)
    explained = t(
        "De naam en alles wat over %(name)s is vastgelegd wordt voor iedereen onleesbaar, ook in het register "
        "en in oudere reservekopieën. Het account verdwijnt ook, tenzij het nog ergens anders voor nodig is. Dit kan "
        "niet ongedaan worden gemaakt. Bewijzen blijven geldig.",
        "The name and everything recorded about %(name)s becomes unreadable for everybody, also in the "
        "register and in older backups. The account goes too, unless it is still needed elsewhere. This cannot "
        "be undone. Proofs stay valid.",
    )
    context = {
        "form": form,
        "title": t("Gegevens van een persoon wissen", "Erase a person's data"),
        "explained": explained % {"name": line.name},
        "final": True,
    }
    status = 422 if form.errors else 200
    return render(request, "alliances/act.html", context | {"person": line}, status=status)


def _erased(request: HttpRequest, *, own: bool) -> HttpResponse:
    """Back to the people; whoever erased themselves is no longer among them, and is signed out."""
    if own:
        logout(request)
    return done(
        request,
        t(
            "De gegevens zijn gewist. Elk bewijs blijft geldig.",
            "The data is erased. Every proof stays valid.",
        ),
        "/" if own else reverse("people", kwargs=_place(request)),
    )


def _link(request: HttpRequest, token: str) -> HttpResponse:
    """The page that shows an invitation, this once."""
    back = reverse("people", kwargs=_place(request))
    context = {"link": invitation_link(token), "back": back, "returning": ""}
    return render(request, "accounts/link.html", context)


def _act(
    request: HttpRequest,
    access: Access,
    form: django_forms.Form,
    command: Callable[[dict[str, Any]], object],
    title: str,
    person_id: str,
    said: str,
    explained: str = "",
    *,
    final: bool = False,
) -> HttpResponse:
    """One form, one command, back to the person. `final`: what the button does has no way back."""
    if request.method == "POST" and form.is_valid():
        try:
            command(form.cleaned_data)
        except RefusalError as refusal:
            refuse(form, refusal, access)
        else:
            return done(request, said, reverse("person", kwargs={**_place(request), "person_id": person_id}))
    context = {"form": form, "title": title, "explained": explained, "final": final}
    person = queries.person(access, person_id)
    status = 422 if form.errors else 200
    return render(request, "alliances/act.html", context | {"person": person}, status=status)


def _person(request: HttpRequest, access: Access, person_id: str) -> HttpResponse:
    charter = queries.charter_in_force(access).charter
    context = {
        "person": queries.person(access, person_id),
        "way": queries.way_in(access, person_id),
        "partners": queries.every_partner(access),
        "called": lambda key: charter.called(key, access.language),
        "titles": {item.key: item.title(access.language) for item in charter.positions},
    }
    return render(request, "alliances/person.html", context)


def _appointment(access: Access, appointment_id: str) -> queries.AppointmentLine:
    """An appointment this reader may change."""
    line = queries.appointment(access, appointment_id)
    queries.require_managing(access, line.partner)
    return line


def _positions(whole: queries.PeoplePage, access: Access, per: str) -> list[tuple[str, str]]:
    return [(key, name.in_language(access.language)) for key, kind, name in whole.positions if kind == per]


def _place(request: HttpRequest) -> dict[str, str]:
    assert request.resolver_match
    return {"alliance": request.resolver_match.kwargs["alliance"]}
