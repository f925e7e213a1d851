"""What is done to many records at once: chosen in a list, previewed, done, told of, and undone as a whole."""
