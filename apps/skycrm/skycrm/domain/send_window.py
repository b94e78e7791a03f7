"""Rules on the hours in which a campaign may send (contract, section 3: `send_windows`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise


@dataclass(frozen=True)
class Window:
	"""One row: a weekday and the hours of it, as time since midnight."""

	weekday: str
	start: timedelta
	end: timedelta


def first_empty(windows: Sequence[Window]) -> int | None:
	"""Position of the first window that ends at or before its start, or None."""
	for position, window in enumerate(windows):
		if window.end <= window.start:
			return position
	return None


def first_overlap(windows: Sequence[Window]) -> tuple[int, int] | None:
	"""Positions of the first two windows of one weekday that share a moment, or None.

	Windows that only touch (09:00-12:00 and 12:00-17:00) do not overlap.
	"""
	ordered = sorted(enumerate(windows), key=lambda pair: (pair[1].weekday, pair[1].start))
	for (left_position, left), (right_position, right) in pairwise(ordered):
		if left.weekday == right.weekday and right.start < left.end:
			return min(left_position, right_position), max(left_position, right_position)
	return None
