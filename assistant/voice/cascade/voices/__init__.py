"""Voices behind one port."""
