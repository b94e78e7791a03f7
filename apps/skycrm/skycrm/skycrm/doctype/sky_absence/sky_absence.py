import frappe
from frappe import _
from frappe.model.document import Document

from skycrm.domain import access
from skycrm.permissions import facts
from skycrm.services.record_checks import check_order, label, refuse, shown

# May enter absences of others.
FOR_OTHERS = frozenset({"Sky Sales Manager", "Sky CRM Admin", "System Manager"})


class SkyAbsence(Document):
	"""Days on which somebody gets no leads, and on which their deputy sees and changes what is theirs.

	Where an HR app keeps leave, approved leave counts as well.
	"""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		deputy: DF.Link | None
		from_date: DF.Date
		full_name: DF.Data | None
		reason: DF.Data | None
		to_date: DF.Date
		user: DF.Link
	# end: auto-generated types

	def validate(self) -> None:
		check_order(self, "from_date", "to_date")
		self.check_whose()
		self.check_deputy()
		self.check_may_name_deputy()

	def on_update(self) -> None:
		facts.changed()

	def on_trash(self) -> None:
		facts.changed()

	def check_whose(self) -> None:
		"""People enter their own absences, managers those of anybody.

		Raises:
			frappe.PermissionError: somebody else's.
		"""
		user = frappe.session.user
		if self.user == user or not FOR_OTHERS.isdisjoint(frappe.get_roles(user)):
			return
		refuse(
			_("{0} must be yourself. Ask your manager to enter the absence of {1}.").format(
				label(self, "user"), shown(self.user)
			),
			exc=frappe.PermissionError,
		)

	def check_deputy(self) -> None:
		"""A deputy is somebody else who can sign in."""
		if not self.deputy:
			return
		if self.deputy == self.user:
			refuse(
				_("{0} is the person who is absent. Choose somebody else, or leave it empty.").format(
					label(self, "deputy")
				)
			)
		if not frappe.db.get_value("User", self.deputy, "enabled"):
			refuse(
				_("{0} {1} cannot sign in. Choose somebody whose user is enabled.").format(
					label(self, "deputy"), shown(self.deputy)
				)
			)

	def check_may_name_deputy(self) -> None:
		"""A deputy sees what the absent person sees; nobody hands on more than they have.

		Raises:
			frappe.PermissionError: neither the absent person, nor a manager of all their teams, nor an administrator.
		"""
		if not self.deputy or access.same_person(self.user, frappe.session.user):
			return
		viewer = facts.viewer(frappe.session.user)
		teams = facts.teams_of_person(self.user)
		if viewer.sees_all or (teams and teams <= viewer.managed):
			return
		refuse(
			_(
				"{0}: only {1}, whoever manages all their teams, or an administrator names who stands in, for that person sees all that is theirs. Leave it empty, or ask one of them."
			).format(label(self, "deputy"), shown(self.user)),
			exc=frappe.PermissionError,
		)


def on_doctype_update() -> None:
	"""Index over two columns: who is away on a day."""
	frappe.db.add_index("Sky Absence", ["user", "to_date"])
