"""Retention practices: who, when, what, how often at most. A campaign is one that happens once."""
