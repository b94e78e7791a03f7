from typing import Any, NoReturn

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, cint, now_datetime

from skycrm.domain.audit import days_kept


class SkyAuditLog(Document):
	"""One line of what people did with records and rights; services/audit.py writes them past this class, nobody else can.

	Names of users and records are plain texts: what a line says was so at that time, whatever is renamed later.
	"""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		action: DF.Literal[
			"Viewed",
			"Exported",
			"Export Refused",
			"Printed",
			"Shared by Hand",
			"Share Taken Back",
			"Owner Changed",
			"Rights Changed",
			"Deleted",
			"Signed In As",
			"Written As",
		]
		channel: DF.Data | None
		details: DF.Code | None
		document_name: DF.Data | None
		document_type: DF.Data | None
		file_type: DF.Data | None
		impersonated_by: DF.Data | None
		ip_address: DF.Data | None
		names: DF.LongText | None
		row_count: DF.Int
		user: DF.Data | None
	# end: auto-generated types

	def before_insert(self) -> None:
		self.refuse()

	def validate(self) -> None:
		self.refuse()

	def before_rename(self, *args: Any) -> None:
		self.refuse()

	def on_trash(self) -> None:
		self.refuse()

	def refuse(self) -> NoReturn:
		"""Also for Administrator, who passes over every right.

		Raises:
			frappe.PermissionError: always.
		"""
		frappe.throw(
			_(
				"The audit log cannot be written, changed or deleted by anybody. Old lines go by the Log Settings."
			),
			exc=frappe.PermissionError,
			title=_("Audit log is closed"),
		)

	@staticmethod
	def clear_old_logs(days: int = 0) -> None:
		"""Called daily by the framework with the days of Log Settings; a number that is too small counts as the least."""
		before = add_days(now_datetime(), -days_kept(cint(days)))
		table = frappe.qb.DocType("Sky Audit Log")
		frappe.db.delete(table, filters=(table.creation < before))


def on_doctype_update() -> None:
	"""What the report looks for, the newest first."""
	frappe.db.add_index("Sky Audit Log", ["creation"])
	frappe.db.add_index("Sky Audit Log", ["user", "creation"])
	frappe.db.add_index("Sky Audit Log", ["impersonated_by", "creation"])
	frappe.db.add_index("Sky Audit Log", ["action", "creation"])
	frappe.db.add_index("Sky Audit Log", ["document_name", "document_type"])
	# Bulks and files are few among the openings.
	frappe.db.add_index("Sky Audit Log", ["row_count"])
