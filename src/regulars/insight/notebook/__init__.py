"""Insight in a notebook: open a shop, ask it, and look at sentences, tables and charts."""
