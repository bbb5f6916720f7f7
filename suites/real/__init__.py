"""The judge before servers that nobody here wrote: BIND, NSD, Unbound and nginx on loopback."""
