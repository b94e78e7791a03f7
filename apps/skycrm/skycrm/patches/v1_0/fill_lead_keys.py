"""Leads of before 1.1 get their rows in Sky Lead Key, by which the same person is one lead whatever door they take.

The step is that of an install; it looks for what is missing, so it may run again.
"""

from skycrm.jobs import daily


def execute() -> None:
	"""Fill the keys now when little is missing, else by a worker."""
	daily.start_lead_keys()
