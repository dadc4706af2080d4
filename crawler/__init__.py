"""Sees: walks the sites, asks DNS and the network, writes down typed facts with their evidence."""
