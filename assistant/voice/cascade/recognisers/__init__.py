"""Speech recognisers behind one port, each with its weights inside its package."""
