"""The ways to reach a person, a folder each behind one small port (port.py)."""
