"""CSV, TSV and any table with a mapping."""
