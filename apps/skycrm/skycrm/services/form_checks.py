"""Whether a Sky Web Form can be shown to strangers: what its controller checks on saving."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint

from skycrm.domain.errors import RuleError
from skycrm.domain.web_form import KINDS, NAMING_FIELDS, REACHING_FIELDS, known_slug, read_choices, slug_of
from skycrm.domain.web_origin import normal_origin, safe_link
from skycrm.integrations.erpnext.coupon import PROMOTIONAL, read_coupon
from skycrm.services.messages import throw_rule_error
from skycrm.services.record_checks import check_no_repeated_row, check_range, label, refuse, shown

# Questions of a new form, in the order in which people answer them: kind, required.
FIRST_QUESTIONS = (("Full Name", 1), ("Mobile No", 1), ("Email", 0), ("Message", 0))
WEBSITE = "Website"
RANGES = {
	"address_calls_per_minute": (1, 10_000),
	"address_calls_per_hour": (1, 100_000),
	"form_calls_per_minute": (1, 100_000),
	"form_calls_per_hour": (1, 1_000_000),
	"min_seconds": (0, 300),
	"max_kilobytes": (1, 1024),
}


def set_slug(form: Document) -> None:
	"""Make the address out of the title, or tidy the one given.

	Raises:
		frappe.ValidationError: nothing is left of it.
	"""
	given = form.slug or slug_of(form.title)
	form.slug = known_slug(given)
	if not form.slug:
		refuse(
			_("{0} cannot be part of a link: {1}. Use letters without marks, digits and dashes.").format(
				label(form, "slug"), shown(given)
			)
		)


def set_first_questions(form: Document) -> None:
	"""Give a new form without questions the usual ones, and the source that web sites have."""
	if not form.is_new():
		return
	if not form.source and frappe.db.exists("Sky Lead Source", WEBSITE):
		form.source = WEBSITE
	if not form.form_fields:
		for field, required in FIRST_QUESTIONS:
			form.append("form_fields", {"field": field, "required": required})


def check_questions(form: Document) -> None:
	"""Each question once; what makes a lead is asked for and required; choices are records.

	Raises:
		frappe.ValidationError: names the row or what is missing.
	"""
	check_no_repeated_row(form, "form_fields", ["field"])
	for row in form.form_fields:
		if row.field not in KINDS:
			refuse(_("Row {0}: {1} cannot be asked for in a web form.").format(row.idx, shown(row.field)))
		row.lead_field = KINDS[row.field].fieldname
		_check_choices(row)
	required = {row.lead_field for row in form.form_fields if row.required}
	if not required & NAMING_FIELDS:
		refuse(
			_("Make one of these a required question: full name, given name, family name or organization.")
		)
	if not required & REACHING_FIELDS:
		refuse(
			_(
				"Make one of these a required question: email, mobile number or phone. Nobody can answer otherwise."
			)
		)


def check_consents(form: Document) -> None:
	"""One box per channel, with words in at least one language.

	Raises:
		frappe.ValidationError: names the row.
	"""
	check_no_repeated_row(form, "consents", ["channel"])
	for row in form.consents:
		if not (row.wording_vi or row.wording_en):
			refuse(
				_("Row {0} of {1}: write what people agree to. The wording is kept with the lead.").format(
					row.idx, label(form, "consents")
				)
			)


def check_origins(form: Document) -> None:
	"""Bring the web sites into the spelling that browsers send.

	Raises:
		frappe.ValidationError: names the row and what is wrong.
	"""
	for row in form.allowed_origins:
		try:
			row.origin = normal_origin(row.origin)
		except RuleError as error:
			throw_rule_error(
				error, _("Row {0} of {1}").format(row.idx, _(form.meta.get_label("allowed_origins")))
			)
	check_no_repeated_row(form, "allowed_origins", ["origin"])


def check_redirect(form: Document) -> None:
	"""A link to go on to is https, and stands here: never in a request.

	Raises:
		frappe.ValidationError: it is another kind of link.
	"""
	if form.redirect_url:
		try:
			form.redirect_url = safe_link(form.redirect_url)
		except RuleError as error:
			throw_rule_error(error, _(form.meta.get_label("redirect_url")))


def check_coupon(form: Document) -> None:
	"""Only a coupon for many people that is valid now; looked at when it is chosen or the form is published.

	Raises:
		frappe.ValidationError: says which and why.
	"""
	if not form.coupon or not (form.has_value_changed("coupon") or form.has_value_changed("published")):
		return
	coupon = read_coupon(form.coupon)
	if not coupon or coupon.kind != PROMOTIONAL:
		refuse(
			_("{0} {1} is not a promotional coupon. Choose one that many people may use.").format(
				label(form, "coupon"), shown(form.coupon)
			)
		)
	if not coupon.valid:
		refuse(
			_("{0} {1} cannot be used now. Check its dates, its number of uses and its pricing rule.").format(
				label(form, "coupon"), shown(form.coupon)
			)
		)


def check_limits(form: Document) -> None:
	"""Numbers within their ranges, and a trap field that is no question.

	Raises:
		frappe.ValidationError: names the field.
	"""
	for field, (least, most) in RANGES.items():
		if form.get(field) is None:
			form.set(field, cint(form.meta.get_field(field).default))
		check_range(form, field, least, most)
	form.honeypot_field = frappe.scrub(form.honeypot_field or "website_url")[:40]
	if form.honeypot_field in {kind.fieldname for kind in KINDS.values()}:
		refuse(
			_("{0} must not be the name of a question: {1}. Choose another name.").format(
				label(form, "honeypot_field"), shown(form.honeypot_field)
			)
		)


def _check_choices(row: Document) -> None:
	doctype = KINDS[row.field].doctype
	if not doctype:
		row.options = None
		return
	wanted = [choice.value for choice in read_choices(row.options)]
	if not wanted:
		refuse(_("Row {0}: write the choices for {1}, one per line.").format(row.idx, shown(_(row.field))))
	known = set(frappe.get_all(doctype, filters={"name": ("in", wanted)}, pluck="name"))
	missing = [value for value in wanted if value not in known]
	if missing:
		refuse(
			_("Row {0}: {1} has no record {2}. Write the name as it is in the list.").format(
				row.idx, shown(_(doctype)), shown(", ".join(missing))
			)
		)
