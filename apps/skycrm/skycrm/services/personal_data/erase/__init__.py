"""Erasure, step by step: each step may be run again, so a killed job goes on where it was.

What identifies the person goes, the business around it stays: a lead stays as a nameless lead with its source, its
status and its opportunity, so that figures of the past do not change. Not reversible.
"""

from collections.abc import Callable

from frappe.model.document import Document

from skycrm.services.personal_data.erase.accounts import close_accounts
from skycrm.services.personal_data.erase.attached import delete_attached, delete_traces
from skycrm.services.personal_data.erase.earlier_requests import forget_earlier_requests
from skycrm.services.personal_data.erase.file_names import choose_names, give_names
from skycrm.services.personal_data.erase.import_rows import empty_import_rows
from skycrm.services.personal_data.erase.letters import erase_letters
from skycrm.services.personal_data.erase.linked import clear_linked
from skycrm.services.personal_data.erase.lists import replace_lists, write_lists
from skycrm.services.personal_data.erase.records import anonymise_records
from skycrm.services.personal_data.erase.suppression import suppress
from skycrm.services.personal_data.erase.texts import sweep_texts
from skycrm.services.personal_data.subject import Subject


def steps() -> list[tuple[str, Callable[[Subject, Document], None]]]:
	"""(what it does, function) in their order. The order matters: texts are swept last, when no step writes them again."""
	return [
		("suppress", suppress),
		("letters", erase_letters),
		("write lists", write_lists),
		("replace lists", replace_lists),
		("import rows", empty_import_rows),
		("attached", delete_attached),
		("linked", clear_linked),
		("records", anonymise_records),
		("accounts", close_accounts),
		("choose names of files", choose_names),
		("give names to files", give_names),
		("earlier requests", forget_earlier_requests),
		("sweep", sweep_texts),
		("traces", delete_traces),
	]
