"""Addresses below /a/<alliance>/: nouns only; a POST changes, a GET never does."""

from django.urls import path

from concordia.web.alliances.views import charter, drafts, overview, people, returning

urlpatterns = [
    path("alliance/", overview.alliance, name="alliance"),
    path("people/", people.people, name="people"),
    path("people/invitation/", people.invitation, name="people-invitation"),
    path("people/<str:person_id>/", people.person, name="person"),
    path("people/<str:person_id>/invitation/", people.again, name="person-invitation"),
    path(
        "people/<str:person_id>/invitation/withdrawal/",
        people.invitation_withdrawal,
        name="person-invitation-withdrawal",
    ),
    path("people/<str:person_id>/return/", returning.ask, name="person-return"),
    path("people/<str:person_id>/return/approval/", returning.approval, name="person-return-approval"),
    path("people/<str:person_id>/appointment/", people.appointment, name="person-appointment"),
    path("people/<str:person_id>/erasure/", people.erasure, name="person-erasure"),
    path("appointments/<str:appointment_id>/notice/", people.notice, name="appointment-notice"),
    path("appointments/<str:appointment_id>/handover/", people.handover, name="appointment-handover"),
    path("appointments/<str:appointment_id>/end/", people.end, name="appointment-end"),
    path("appointments/<str:appointment_id>/mandate/", people.mandate, name="appointment-mandate"),
    path("mandates/<str:mandate_id>/withdrawal/", people.withdrawal, name="mandate-withdrawal"),
    path("charter/", charter.in_force, name="charter"),
    path("charter/versions/", charter.versions, name="charter-versions"),
    path("charter/versions/<int:number>/", charter.numbered, name="charter-number"),
    path("charter/versions/<int:number>/difference/", charter.difference, name="charter-difference"),
    path("charter/versions/<int:number>/charter.<str:form>", charter.document, name="charter-document"),
    path("charter/procedures/<str:key>/trial/", charter.trial, name="procedure-trial"),
    path("charter/drafts/", drafts.start, name="charter-drafts"),
    path("charter/drafts/<str:version_id>/", drafts.draft, name="charter-draft"),
    path("charter/drafts/<str:version_id>/upload/", drafts.upload, name="charter-draft-upload"),
    path("charter/drafts/<str:version_id>/discard/", drafts.discard, name="charter-draft-discard"),
    path("charter/drafts/<str:version_id>/proposal/", drafts.proposal, name="charter-draft-proposal"),
    path("charter/drafts/<str:version_id>/sections/<str:section>/", drafts.section, name="charter-section"),
]
