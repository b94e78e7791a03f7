"""ERPNext's SMS Center writes to many at once: those who refused, or never agreed, are taken out of its list."""

import frappe
from frappe import _

from erpnext.selling.doctype.sms_center.sms_center import SMSCenter

from skycrm.domain.consent import ADVERTISING
from skycrm.services.may_contact import may_contact_many

# A firm's own people are told things, not sold things.
OWN_PEOPLE = frozenset({"All Employee (Active)", "All Sales Person"})


class SkySMSCenter(SMSCenter):
	"""The same form; only the numbers that it sends to are looked at."""

	def get_receiver_nos(self) -> list[str]:
		"""The numbers on the list that may be written to; how many were left out is said."""
		numbers = super().get_receiver_nos()
		if self.send_to in OWN_PEOPLE or not numbers:
			return numbers
		answers = may_contact_many(set(numbers), "sms", ADVERTISING)
		allowed = [number for number in numbers if answers[number].allowed]
		if len(allowed) < len(numbers):
			frappe.msgprint(
				_("{0} recipients were left out: they refused, or have not agreed to advertising.").format(
					len(numbers) - len(allowed)
				)
			)
		return allowed
