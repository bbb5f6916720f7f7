"""Chapter: the signature that every answer carries in its header."""
