"""Reading the data as it stood, and putting records back to it."""
