"""Decisions and facts make lifts: what a play or a letter truly changed. Computed at night, drawn as they were kept."""
