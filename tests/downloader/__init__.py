"""The download client against servers that misbehave."""
