"""Questions about customers, answered as pure functions: Ibis tables in, Ibis tables and frozen dataclasses out.

Nothing here knows a clock, a database model or a page. "As of" is an argument everywhere, and facts known later are
never used.
"""
