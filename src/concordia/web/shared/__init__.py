"""What every page shares: entrance, base, words, style, and how failures sound."""
