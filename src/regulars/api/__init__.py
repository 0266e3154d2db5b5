"""The machines' face: what other programs say to us over HTTP."""
