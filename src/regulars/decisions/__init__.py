"""Who was contacted, who was not, and why: every play and gift passes this gate."""
