"""Answers instead of errors when requests meet in the database: a broken-off transaction starts again."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

import frappe

from skycrm.services.conversion_lock import refuse_busy

R = TypeVar("R")

ATTEMPTS = 6
# What the database says when two transactions wait for each other, when a row has changed since this one read it
# (MariaDB's snapshot isolation, 1020, which the framework takes for a deadlock too), or when another one has taken
# a name meanwhile.
WORTH_ANOTHER_TRY = (frappe.QueryDeadlockError, frappe.DuplicateEntryError)


def with_retry(work: Callable[[], R]) -> R:
	"""Run work that begins and ends in this transaction; again with a fresh one if the database broke it off.

	Must be the first to write: a caller who has written already keeps the decision what to do with it, so then the error
	is passed on.

	Args:
		work: writes, and may be run several times.

	Raises:
		ConversionBusyError (409): still in the way after ATTEMPTS tries, or a lock was not given in time.
		Whatever `work` raises otherwise.
	"""
	mine_alone = not frappe.db.transaction_writes
	messages = len(frappe.local.message_log)
	for attempt in range(1, ATTEMPTS + 1):
		try:
			return work()
		except frappe.QueryTimeoutError:
			refuse_busy()
		except WORTH_ANOTHER_TRY:
			if not mine_alone:
				raise
			frappe.db.rollback()
			del frappe.local.message_log[messages:]
			if attempt == ATTEMPTS:
				refuse_busy()
			# Apart from each other, or the same two would meet again.
			time.sleep(random.uniform(0.01, 0.05) * attempt)
	raise AssertionError  # pragma: no cover - the last attempt has returned or raised
