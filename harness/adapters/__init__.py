"""One module a port and technology."""
