"""How days are written, by language: short ones so that nobody takes the month for the day."""
