"""A shop of invented customers who react to what is done to them: it judges policies, with the truth at hand.

It can show that a method is wrong, never that a play works in a real shop: only a hold-out can. docs/simulate.md.
"""
