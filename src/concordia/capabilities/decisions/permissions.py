"""The rights this capability asks for; positions give them (alliances/permissions)."""

PROPOSE = "decisions.propose"
INVOLVE = "decisions.involve"
VOTE = "decisions.vote"
CHAIR = "decisions.chair"
RECORD = "decisions.record"
REPORT = "decisions.report"
NOTE = "decisions.note"
