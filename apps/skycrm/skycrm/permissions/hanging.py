"""What the framework hangs on records of this app: who may read the record may see that it is there, nobody else.

The framework lists the files of every document type that somebody may read at all (core/doctype/file/file.py; the
download itself it checks), and the tags of everything to everybody (Tag Link is open to the role All).
"""

import frappe

from skycrm.permissions import rule
from skycrm.permissions.governed import GOVERNED
from skycrm.permissions.through_record import NOTHING, readable

# DocType → its fields with the type and the name of the record.
HANGS_ON: dict[str, tuple[str, str]] = {
	"File": ("attached_to_doctype", "attached_to_name"),
	"Tag Link": ("document_type", "document_name"),
}


def query_conditions(user: str, doctype: str) -> str:
	"""Hook permission_query_conditions, besides the framework's own: "" for those who see everything."""
	if rule.viewer_for(user, with_teams=False).sees_all:
		return ""
	limited = {kind: condition for kind in GOVERNED if (condition := readable(kind, user))}
	if not limited:
		return ""
	table, (type_field, name_field) = f"`tab{doctype}`", HANGS_ON[doctype]
	closed = ", ".join(frappe.db.escape(kind) for kind in limited)
	alternatives = [
		f"ifnull({table}.`{type_field}`, '') not in ({closed})",
		f"{table}.`owner` = {frappe.db.escape(user, percent=False)}",
		*(
			f"""({table}.`{type_field}` = {frappe.db.escape(kind)} and {table}.`{name_field}` in (
				select `tab{kind}`.`name` from `tab{kind}` where {condition}))"""
			for kind, condition in limited.items()
			if condition != NOTHING
		),
	]
	return f"({' or '.join(alternatives)})"
