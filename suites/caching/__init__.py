"""Chapter: the header fields that let a proxy keep an answer."""
