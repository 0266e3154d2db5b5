"""Ways to decide who gets what: what many shops do, good rules, and one that knows the truth; and hold-outs for any."""
