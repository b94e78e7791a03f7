"""Versions of apps as numbers that can be compared."""

import re

Version = tuple[int, ...]


def parsed(version: str) -> Version:
	"""The three numbers of a version; only they count, so "15.101.1-beta" is 15.101.1. Empty for a text without any."""
	numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:3])
	return (*numbers, 0, 0)[:3] if numbers else ()


def dotted(version: Version) -> str:
	"""A version as people write it."""
	return ".".join(str(number) for number in version)
