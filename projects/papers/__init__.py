"""What prints: official forms, described once for page and workbook."""
