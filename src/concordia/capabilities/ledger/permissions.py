"""Who may do what with the register: everybody of an alliance reads and verifies it."""

WITNESS = "alliances.manage_partner"  # speak for one's organization as a witness
ERASE = "alliances.manage_partner"
