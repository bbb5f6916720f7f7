"""The service desk: where a failed check becomes an incident."""
