"""Leads of before 1.1 get their rows in Sky Lead Key, by which the same person is one lead whatever door they take, and the
names of Contacts and Customers the keys from their end for near matches.

The steps are those of an install; they look for what is missing, so they may run again.
"""

from skycrm.jobs import daily


def execute() -> None:
	"""Fill the keys now when little is missing, else by a worker."""
	daily.start_lead_keys()
	daily.start_name_backs()
