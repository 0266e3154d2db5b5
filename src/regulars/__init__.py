"""Regulars keeps a shop's customers coming back."""

__version__ = "0.1.0"
