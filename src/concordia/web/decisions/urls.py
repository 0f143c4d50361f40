"""Addresses of proposals and decisions: nouns only; every change is a POST."""

from django.urls import path

from concordia.web.decisions.views import deciding, drafting, involving, reading, voting

urlpatterns = [
    path("proposals/", reading.proposals, name="proposals"),
    path("proposals/new/", drafting.new, name="proposal-new"),
    path("proposals/<str:proposal_id>/", reading.proposal, name="proposal"),
    path("proposals/<str:proposal_id>/draft/", drafting.draft, name="proposal-draft"),
    path("proposals/<str:proposal_id>/papers/", drafting.papers, name="proposal-papers"),
    path("proposals/<str:proposal_id>/consultation/", drafting.consultation, name="proposal-consultation"),
    path("proposals/<str:proposal_id>/withdrawal/", drafting.withdrawal, name="proposal-withdrawal"),
    path("proposals/<str:proposal_id>/round/", drafting.new_round, name="proposal-round"),
    path("proposals/<str:proposal_id>/impact/", involving.impact, name="proposal-impact"),
    path("proposals/<str:proposal_id>/waiver/", involving.waiver, name="proposal-waiver"),
    path("proposals/<str:proposal_id>/notes/", involving.notes, name="proposal-notes"),
    path(
        "proposals/<str:proposal_id>/paragraphs/<int:paragraph>/amendment/",
        involving.amendment,
        name="amendment-new",
    ),
    path("amendments/<str:amendment_id>/settlement/", involving.settlement, name="amendment-settlement"),
    path("amendments/<str:amendment_id>/proposal/", involving.promotion, name="amendment-promotion"),
    path("proposals/<str:proposal_id>/voting/", voting.opening, name="proposal-voting"),
    path("proposals/<str:proposal_id>/ballot/", voting.ballot, name="proposal-ballot"),
    path("proposals/<str:proposal_id>/ballot/signature/", voting.signature, name="proposal-ballot-signature"),
    path("proposals/<str:proposal_id>/recorded/", voting.recorded, name="proposal-recorded"),
    path("proposals/<str:proposal_id>/recusal/", voting.recusal, name="proposal-recusal"),
    path("proposals/<str:proposal_id>/proxy/", voting.proxy, name="proposal-proxy"),
    path("proposals/<str:proposal_id>/ratification/", voting.ratification, name="proposal-ratification"),
    path("proposals/<str:proposal_id>/extension/", voting.extension, name="proposal-extension"),
    path("proposals/<str:proposal_id>/closing/", voting.closing, name="proposal-closing"),
    path("papers/<str:paper_id>/", reading.paper, name="paper"),
    path("papers/<str:paper_id>/removal/", drafting.paper_removal, name="paper-removal"),
    path("decisions/", reading.decisions, name="decisions"),
    path("decisions/<str:decision_id>/", reading.decision, name="decision"),
    path("decisions/<str:decision_id>/extract.pdf", reading.extract, name="decision-extract"),
    path("decisions/<str:decision_id>/outcome/", deciding.outcome, name="decision-outcome"),
    path("decisions/<str:decision_id>/receipt/", deciding.receipt, name="decision-receipt"),
]
