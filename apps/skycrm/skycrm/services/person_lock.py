"""One at a time for one person: whoever brings the same e-mail address, phone number or tax code waits for the other.

Named locks apart from those of conversions (services/conversion_lock.py): a conversion holds the lead's row first and
its keys second, an arrival its keys first and the row second; with one set of names the two could wait for each other.
"""

from collections.abc import Iterable, Mapping

import frappe
from frappe import _

from skycrm.services.conversion_lock import ConversionBusyError, begin_fresh, lock_keys
from skycrm.services.messages import ConflictError


def hold(keys: Mapping[str, Iterable[str]], *others: str) -> None:
	"""Hold a person's keys until this transaction ends; reads after it see what was committed while it waited.

	Args:
		keys: kind of key → keys.
		others: further names to hold, for example of the message that the person sent.

	Raises:
		ConflictError (409): somebody else held one of them for too long.
	"""
	names = [(f"Intake {kind}", key) for kind, values in keys.items() for key in values]
	names += [("Intake Id", other) for other in others if other]
	begin_fresh()
	try:
		lock_keys(names)
	except ConversionBusyError:
		frappe.clear_last_message()
		frappe.throw(
			_("The same person is coming in by another way right now. Try again in a moment."),
			exc=ConflictError,
			title=_("Busy"),
		)
