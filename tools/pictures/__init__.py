"""The pictures of the documentation: one function for each, taken from the demo site by tools/screenshots.py."""
