from frappe.model.document import Document

from skycrm.services import import_file, import_status


class SkyLeadImport(Document):
	"""A list of people from a file, on its way to becoming leads."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from skycrm.skycrm.doctype.sky_lead_import_column.sky_lead_import_column import SkyLeadImportColumn

		attempt: DF.Int
		campaign: DF.Link | None
		columns: DF.Table[SkyLeadImportColumn]
		date_order: DF.Literal["", "Day First", "Month First"]
		delimiter: DF.Literal["", "Comma", "Semicolon", "Tab", "Bar"]
		encoding: DF.Literal["", "UTF-8", "UTF-16", "Windows-1258", "Windows-1252"]
		file: DF.Attach
		file_hash: DF.Data | None
		finished_on: DF.Datetime | None
		flagged: DF.Int
		header_line: DF.Int
		heartbeat_on: DF.Datetime | None
		last_line: DF.Int
		lead_owner: DF.Link | None
		made: DF.Int
		merged: DF.Int
		message: DF.SmallText | None
		policy: DF.Literal["", "Attach", "Skip", "Refuse"]
		refused: DF.Int
		run_token: DF.Data | None
		sheet: DF.Data | None
		similar: DF.Int
		skipped: DF.Int
		source: DF.Link | None
		started_by: DF.Link | None
		started_on: DF.Datetime | None
		status: DF.Literal["Draft", "Checking", "Checked", "Queued", "Running", "Done", "Stopped", "Failed"]
		tags: DF.Data | None
		target: DF.Literal["Leads", "Contacts and Customers"]
		team: DF.Link | None
		territory: DF.Link | None
		total_rows: DF.Int
	# end: auto-generated types

	def validate(self) -> None:
		import_file.check_right()
		import_status.guard(self)
		import_file.check_file(self)
		import_file.set_policy(self)
		import_file.forget_other_file(self)
		import_file.check_columns(self)

	def after_insert(self) -> None:
		import_file.attach(self)

	def on_update(self) -> None:
		import_file.attach(self)
		import_file.forget_dry_run(self)

	def on_trash(self) -> None:
		import_status.refuse_while_running(self)
		import_file.delete_rows(self)
