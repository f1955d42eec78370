"""Files of entries of an older register, CSV and XML, read row by row in memory that does not grow with them."""
