"""How rows are written, counted, locked and asked for."""
