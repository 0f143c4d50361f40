"""Rules of decision: votes in, an explained outcome out (system.md C21; white paper 3.6)."""
