"""Which customer records may belong to one person although no identifier says so?"""
