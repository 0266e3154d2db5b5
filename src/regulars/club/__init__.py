"""The customer's face: what they get, what they said, and the way out."""
