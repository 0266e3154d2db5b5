"""How days are written in Chinese."""
