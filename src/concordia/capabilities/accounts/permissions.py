"""What one may do with an account: one's own, always; an invitation, when an upper capability says so."""
