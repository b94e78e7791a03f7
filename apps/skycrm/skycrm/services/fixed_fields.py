"""Fields that cannot be hidden from a role that reads the document, and fields that are hidden with others."""

import frappe
from frappe import _
from frappe.model import no_value_fields

from skycrm.domain.field_access import Key
from skycrm.permissions.governed import GOVERNED

# What is made out of other fields and shown nowhere by itself: DocType on the page → DocType of the field → field → sources.
SOURCES: dict[str, dict[str, dict[str, tuple[str, ...]]]] = {
	"Sky Lead": {
		"Sky Lead": {
			"phone_key": ("mobile_no", "phone"),
			"phone_key_2": ("mobile_no", "phone"),
			"tax_key": ("tax_id",),
			"email_key": ("email_id",),
			"data_issues": ("mobile_no", "phone", "tax_id", "email_id"),
		}
	},
	"Sky Opportunity": {"Sky Opportunity Item": {"base_amount": ("amount",)}},
	"Sky Form Submission": {"Sky Form Submission": {"content": ("mobile_no", "email_id")}},
}
# Found by words of the name, whoever asks.
SEARCHED: dict[str, tuple[str, ...]] = {"Sky Lead": ("organization",)}
STEPS = frozenset({"status", "stage", "approval_status"})
# Records that belong to another one: who may see it decides who sees them.
BELONGS_TO = {
	"Sky Assignment Log": ("lead",),
	"Sky Claim": ("lead",),
	"Sky Consent Record": ("lead", "contact"),
	"Sky Form Submission": ("lead",),
	"Sky Lead Merge": ("primary",),
	"Sky Lead Touch": ("lead",),
	"Sky User Preference": ("user",),
}


def sources_of(doctype: str) -> dict[Key, list[Key]]:
	"""Field that is hidden with others → the others."""
	return {
		(owner, follower): [(owner, source) for source in sources]
		for owner, followers in SOURCES.get(doctype, {}).items()
		for follower, sources in followers.items()
	}


def fixed_fields(doctype: str) -> dict[Key, str]:
	"""Field that cannot be hidden or made read only → why, as a sentence."""
	meta = frappe.get_meta(doctype)
	fixed: dict[str, str] = {}
	for name in _access_fields(doctype):
		fixed[name] = _("Who may see a record depends on it.")
	for name in (*STEPS, *_workflow_fields(doctype)):
		fixed[name] = _("The workflow goes by it.")
	for name in SEARCHED.get(doctype, ()):
		fixed[name] = _("The search finds records by its words.")
	fixed[meta.get_title_field()] = _("It names the record everywhere.")
	if (meta.autoname or "").startswith("field:"):
		fixed[meta.autoname.removeprefix("field:")] = _("It names the record everywhere.")
	found = {(doctype, name): why for name, why in fixed.items() if meta.has_field(name)}
	for owner in (meta, *(frappe.get_meta(df.options) for df in meta.get_table_fields())):
		for df in owner.fields:
			if df.reqd and not df.default and df.fieldtype not in no_value_fields:
				found.setdefault(
					(owner.name, df.fieldname), _("It must be filled in, and nothing fills it in by itself.")
				)
	return found


def _access_fields(doctype: str) -> tuple[str, ...]:
	if fields := GOVERNED.get(doctype):
		return tuple(name for name in (fields.responsible, fields.team) if name)
	return BELONGS_TO.get(doctype, ())


def _workflow_fields(doctype: str) -> list[str]:
	return frappe.get_all("Workflow", filters={"document_type": doctype}, pluck="workflow_state_field")
