"""The probes against name servers and web servers that misbehave."""
