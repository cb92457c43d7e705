"""Measurements of the running assistant on this machine: ``assistant bench``."""
