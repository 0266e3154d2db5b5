"""Decisions and facts make findings: what a play or a letter truly changed. Computed at night, drawn as they were kept."""
