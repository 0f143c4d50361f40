"""What entries of the register are called by people."""

from concordia.web.shared.words import t


def entry_word(kind: str) -> str:
    """The kind of an entry in words; an unknown kind is itself."""
    pair = _WORDS.get(kind)
    return t(*pair) if pair else kind


_WORDS = {
    "alliance.founded": ("Alliantie opgericht", "Alliance founded"),
    "charter.enacted": ("Handvest van kracht", "Charter enacted"),
    "charter.proposed": ("Ontwerp-handvest voorgelegd", "Draft charter put forward"),
    "partner.joined": ("Partner toegetreden", "Partner joined"),
    "partner.left": ("Partner vertrokken", "Partner left"),
    "person.appointed": ("Persoon benoemd", "Person appointed"),
    "person.joined": ("Persoon is binnen", "Person joined"),
    "person.let_back": (
        "Persoon kan met een nieuwe sleutel terugkomen",
        "Person may come back with a new key",
    ),
    "person.erased": ("Gegevens van een persoon gewist", "Data of a person erased"),
    "appointment.ended": ("Benoeming beëindigd", "Appointment ended"),
    "appointment.notice_given": ("Vertrek aangekondigd", "Departure announced"),
    "appointment.handed_over": ("Functie overgedragen", "Position handed over"),
    "mandate.granted": ("Mandaat gegeven", "Mandate granted"),
    "mandate.revoked": ("Mandaat ingetrokken", "Mandate withdrawn"),
    "opening.erased": ("Inhoud gewist", "Contents erased"),
    "head.committed": ("Zegel van een eigen register vastgelegd", "Seal of a private register recorded"),
    "witness.registered": ("Getuige aangemeld", "Witness registered"),
    "proposal.drafted": ("Concept begonnen", "Draft begun"),
    "proposal.sent": ("Voorstel verstuurd aan alle partners", "Proposal sent to all partners"),
    "proposal.withdrawn": ("Voorstel ingetrokken", "Proposal withdrawn"),
    "note.written": ("Notitie geschreven", "Note written"),
    "amendment.proposed": ("Amendement voorgesteld", "Amendment proposed"),
    "amendment.settled": ("Amendement afgehandeld", "Amendment settled"),
    "impact.given": ("Partner heeft geantwoord", "Partner has answered"),
    "involvement.waived": ("Partner ziet af van de termijn", "Partner waived the period"),
    "voting.opened": ("Stemming geopend", "Voting opened"),
    "voting.extended": ("Stemming verlengd", "Voting extended"),
    "proxy.granted": ("Volmacht gegeven", "Proxy granted"),
    "proxy.revoked": ("Volmacht ingetrokken", "Proxy revoked"),
    "key.recorded": ("Sleutel om mee te tekenen vastgelegd", "Key to sign with recorded"),
    "ballot.cast": ("Stem uitgebracht", "Vote cast"),
    "ballot.ratified": ("Stem bekrachtigd", "Vote ratified"),
    "ballot.withdrawn": ("Stem teruggenomen", "Vote taken back"),
    "decision.adopted": ("Besluit: aangenomen", "Decision: adopted"),
    "decision.rejected": ("Besluit: niet aangenomen", "Decision: not adopted"),
    "decision.no_quorum": ("Geen besluit: geen quorum", "No decision: no quorum"),
    "decision.not_valid": ("Geen geldig besluit", "No valid decision"),
    "decision.carried_over": ("Aangehouden", "Carried over"),
    "decision.replaced": ("Besluit vervangen", "Decision replaced"),
    "outcome.written": ("Uitkomst geschreven", "Outcome written"),
    "receipt.reported": ("Partner meldt voortgang", "Partner reported progress"),
}
