"""Chapter: the NAPTR records that lead to a Common Service, and the servers that give them."""
