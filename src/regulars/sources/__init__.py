"""Facts from elsewhere: a folder each kind of source; source.py is the port."""
