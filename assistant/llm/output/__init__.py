"""What a model writes, made fit to be shown and said."""
