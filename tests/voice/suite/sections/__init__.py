"""One module for each section: ``measure(short: bool) -> Section``."""
