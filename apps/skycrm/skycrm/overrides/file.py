"""A File record that names a file of the site instead of bringing one takes nothing that its maker may not read.

The framework copies the content before any document event runs: hence the class, which adds one question to its own
method. Found on Frappe 15.101: a plain user read site_config.json by its path (CVE-2026-39352), and any private file
by its address.
"""

import frappe
from frappe import _
from frappe.core.doctype.file.file import File

from skycrm.domain.file_path import PRIVATE, OutsideError, local_address
from skycrm.services import export_stored

# A report as the framework stores it. What is made from it was an export when it was made.
STORED = ".json.gz"
# Records of one file that are looked at: the framework keeps one for each place where it hangs.
MOST = 50


class SkyFile(File):
	"""A file whose content is sent along, or one that the session's user may read."""

	def before_insert(self) -> None:
		if not self.is_folder and not self.get("content"):
			self.check_source()
		super().before_insert()

	def is_downloadable(self) -> bool:
		"""Asked before a private file is handed out; what was stored of a report is an export then."""
		if not super().is_downloadable():
			return False
		if self.attached_to_doctype == "Prepared Report" and self.file_name.endswith(STORED):
			export_stored.hand_out(self.attached_to_name)
		return True

	def check_source(self) -> None:
		"""Refuse a source that is no file of the site, or that nobody has given to this user.

		Raises:
			frappe.PermissionError: the answer is the same whether there is such a file or not.
		"""
		try:
			address = local_address(
				self.file_url, self.file_name, bool(self.is_private), frappe.utils.get_url()
			)
		except OutsideError:
			_refuse()
		if not address or not address.startswith(PRIVATE) or frappe.session.user == "Administrator":
			return
		known = frappe.get_all("File", {"file_url": address, "is_folder": 0}, pluck="name", limit=MOST)
		if known and not any(frappe.get_doc("File", name).has_permission("read") for name in known):
			_refuse()


def _refuse() -> None:
	raise frappe.PermissionError(_("The file is not there, or you may not read it. Upload it again."))
