"""Links to masters that hardly ever change are looked up in the cache of documents: a query less for each of them."""

from typing import Any

import frappe
from frappe.model.utils.link_count import notify_link_count

MASTERS = frozenset({"Country", "Gender", "Industry Type", "Salutation", "Sky Lead Source", "Territory"})


class LooksUpMastersInCache:
	"""Mixin for controllers, before `Document`: what the cache knows is not asked of the database when links are checked.

	Whatever the cache does not know goes the framework's way, with its messages.
	"""

	def get_invalid_links(self, is_submittable: bool = False) -> Any:
		known = self._links_known()
		self.update(dict.fromkeys(known))
		try:
			return super().get_invalid_links(is_submittable)
		finally:
			self.update(known)

	def _links_known(self) -> dict[str, str]:
		known = {}
		for field in self.meta.get_link_fields():
			value = self.get(field.fieldname)
			if field.options not in MASTERS or not isinstance(value, str) or not value:
				continue
			# "vietnam" for "Vietnam" is for the framework to put right, and so is what an admin has fetched along.
			if frappe.get_cached_value(field.options, value, "name") == value and not (
				self.meta.get_fields_to_fetch(field.fieldname)
			):
				known[field.fieldname] = value
				# Proposals of a link field begin with what is used most.
				notify_link_count(field.options, value)
		return known
