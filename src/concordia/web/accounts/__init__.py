"""Pages about who is there: signing in, keys, sessions, profile, invitations."""
