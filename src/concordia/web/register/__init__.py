"""The register on screen: what is in it, who verified it, and how to do so oneself."""
