"""Tells: findings become documents; holds the commands a person types."""
