"""Files into records: proposing a mapping, checking it row by row, and writing as the importing person."""
