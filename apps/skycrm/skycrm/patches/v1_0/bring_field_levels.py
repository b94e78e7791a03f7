"""A site whose admin has changed the rights of our DocTypes gets rows for the levels that some fields have now.

Without them nobody would see these fields any more. What an admin uses a level for already stays as it is.
"""

from skycrm.setup import field_levels


def execute() -> None:
	"""Bring the levels."""
	field_levels.bring()
