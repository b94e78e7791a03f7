"""What an opportunity takes from the company, the customer and the site when nobody said otherwise."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, flt

from skycrm.domain.opportunity import first_stage
from skycrm.integrations.erpnext.exchange import exchange_rate

# What a customer may have of their own, before the site's default counts.
FROM_CUSTOMER = ("currency", "selling_price_list")


def set_defaults(opportunity: Document) -> None:
	"""Fill company, currency, exchange rate, price list, stage and title where they are empty. In place.

	Raises:
		frappe.ValidationError: neither customer nor lead; no company; no stage; no exchange rate.
	"""
	_need_customer_or_lead(opportunity)
	if not opportunity.stage:
		opportunity.stage = default_stage()
	if not opportunity.company:
		opportunity.company = _default_company()
	for field in opportunity.flags.pop("unsaid", None) or ():
		opportunity.set(field, None)
	if not opportunity.selling_price_list:
		opportunity.selling_price_list = default_price_list(opportunity.customer)
	_set_currency(opportunity)
	if not (opportunity.title or "").strip():
		opportunity.title = _title(opportunity)


def default_stage() -> str:
	"""The stage in which opportunities start.

	Raises:
		frappe.ValidationError: the site has no open stage in use.
	"""
	stages = frappe.get_all(
		"Sky Sales Stage", filters={"enabled": 1}, fields=["name", "type", "sequence"], as_list=True
	)
	stage = first_stage(stages)
	if not stage:
		frappe.throw(
			_("There is no sales stage of type Open. Ask an administrator to add one under Sky Sales Stage."),
			title=_("Stage missing"),
		)
	return stage


def default_price_list(customer: str | None) -> str | None:
	"""The price list of the customer, of its group, or of the site; None when none of them is in use."""
	candidates = []
	if customer:
		own, group = frappe.get_cached_value(
			"Customer", customer, ["default_price_list", "customer_group"]
		) or (
			None,
			None,
		)
		candidates.append(own)
		if group:
			candidates.append(frappe.get_cached_value("Customer Group", group, "default_price_list"))
	candidates.append(frappe.get_cached_doc("Selling Settings").selling_price_list)
	for candidate in candidates:
		if candidate and frappe.get_cached_value("Price List", candidate, "enabled"):
			return candidate
	return None


def company_currency(company: str) -> str:
	"""The currency in which a company keeps its books."""
	return frappe.get_cached_value("Company", company, "default_currency")


def _need_customer_or_lead(opportunity: Document) -> None:
	if opportunity.customer or opportunity.lead:
		return
	frappe.throw(
		_("{0} or {1} is missing. Choose who this opportunity is with.").format(
			frappe.bold(_(opportunity.meta.get_label("customer"))),
			frappe.bold(_(opportunity.meta.get_label("lead"))),
		),
		exc=frappe.MandatoryError,
		title=_("Customer or lead missing"),
	)


def _default_company() -> str:
	company = frappe.defaults.get_user_default("Company") or frappe.db.get_single_value(
		"Global Defaults", "default_company"
	)
	if not company:
		frappe.throw(
			_("Company is missing. Choose the company that makes this sale."),
			exc=frappe.MandatoryError,
			title=_("Company missing"),
		)
	return company


def _set_currency(opportunity: Document) -> None:
	own = company_currency(opportunity.company)
	if not opportunity.currency:
		of_customer = opportunity.customer and frappe.get_cached_value(
			"Customer", opportunity.customer, "default_currency"
		)
		opportunity.currency = of_customer or own
	if opportunity.currency == own:
		opportunity.conversion_rate = 1.0
		return
	before = opportunity.get_doc_before_save()
	unset = flt(opportunity.conversion_rate) in (0.0, 1.0)
	kept = before and flt(before.conversion_rate) == flt(opportunity.conversion_rate)
	if unset or (kept and before.currency != opportunity.currency):
		opportunity.conversion_rate = exchange_rate(opportunity.currency, own)
	if flt(opportunity.conversion_rate) <= 0:
		frappe.throw(
			_(
				"{0} from {1} to {2} is missing. Enter it, or add a Currency Exchange record for today."
			).format(
				frappe.bold(_(opportunity.meta.get_label("conversion_rate"))),
				escape_html(opportunity.currency),
				own,
			),
			title=_("Exchange rate missing"),
		)


def _title(opportunity: Document) -> str:
	if opportunity.customer:
		return (
			frappe.get_cached_value("Customer", opportunity.customer, "customer_name") or opportunity.customer
		)
	lead = frappe.db.get_value("Sky Lead", opportunity.lead, ["organization", "lead_name"], as_dict=True)
	# A link takes any lead that exists: its name is only for those who may read it.
	if not lead or not frappe.has_permission("Sky Lead", "read", opportunity.lead):
		return opportunity.lead
	return lead.organization or lead.lead_name or opportunity.lead
