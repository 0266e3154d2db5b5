"""Invented shops with a known truth: growth worlds that test the numbers, and a demo shop to look at."""
