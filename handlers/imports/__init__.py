"""Taking over entries that stand on paper or in an older register: previewed, applied, and undone by the batch."""
