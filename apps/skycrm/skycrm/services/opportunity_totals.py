"""Lines and sums of an opportunity: reads what is needed for all lines at once, asks the rules, writes in place."""

from collections.abc import Callable
from dataclasses import replace

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt

from skycrm.domain.errors import RuleError
from skycrm.domain.opportunity import Line, PricedLine, check_probability, price_line, totals, weighted_amount
from skycrm.services.messages import throw_rule_error
from skycrm.services.opportunity_defaults import company_currency
from skycrm.services.opportunity_prices import ItemFacts, item_facts, list_rates
from skycrm.services.record_checks import shown

# code of domain/opportunity.py → the field that it is about
FIELD_OF_CODE = {
	"qty_not_positive": "qty",
	"discount_out_of_range": "discount_percentage",
	"price_negative": "price_list_rate",
	"rate_negative": "rate",
}


def set_lines_and_amount(opportunity: Document) -> None:
	"""Settle every line, then the sums. In place, for `validate`, after the defaults.

	A list price is never lower than what the price list says, so that a discount cannot be hidden in it. Without
	lines the amount is the user's estimate.

	Raises:
		frappe.ValidationError: a line that cannot be sold; the sentence names row, field, reason and remedy.
	"""
	rows = opportunity.get("items") or []
	round_money = _rounder(opportunity, "amount")
	round_base = _rounder(opportunity, "base_amount")
	rate = flt(opportunity.conversion_rate) or 1.0
	if not rows:
		_check_estimate(opportunity)
		opportunity.amount = round_money(flt(opportunity.amount))
		opportunity.base_amount = round_base(opportunity.amount * rate)
		return

	stored = {
		row.name: row for row in (opportunity.get_doc_before_save() or frappe._dict()).get("items") or []
	}
	facts = item_facts(row.item_code for row in rows)
	for row in rows:
		_check_item(row, facts.get(row.item_code), stored.get(row.name))
		_describe(row, facts.get(row.item_code), stored.get(row.name))
	_set_list_rates(opportunity, rows, stored)

	priced = []
	for row in rows:
		line = _price(row, stored.get(row.name), rate, round_money, round_base)
		row.update(vars(line))
		priced.append(line)
	sums = totals(priced, round_money, round_base)
	opportunity.amount, opportunity.base_amount = sums.amount, sums.base_amount


def set_weighted_amount(opportunity: Document) -> None:
	"""What the opportunity is worth today. In place, once probability and amount are settled.

	Raises:
		frappe.ValidationError: a probability outside 0 to 100.
	"""
	try:
		check_probability(flt(opportunity.probability))
	except RuleError as error:
		throw_rule_error(error, _(opportunity.meta.get_label("probability")))
	opportunity.weighted_amount = weighted_amount(
		flt(opportunity.base_amount), flt(opportunity.probability), _rounder(opportunity, "weighted_amount")
	)


def _rounder(doc: Document, fieldname: str) -> Callable[[float], float]:
	"""The framework's rounding for a field: ERPNext rounds a quotation the same way."""
	digits = doc.precision(fieldname)
	return lambda value: flt(value, digits)


def _check_estimate(opportunity: Document) -> None:
	if flt(opportunity.amount) < 0:
		frappe.throw(
			_("{0} must not be below 0. Enter what this sale may bring, or leave it empty.").format(
				frappe.bold(_(opportunity.meta.get_label("amount")))
			),
			title=_("Amount not valid"),
		)


def _check_item(row: Document, item: ItemFacts | None, stored: Document | None) -> None:
	"""Refuse items that cannot be sold; a line that is stored already may keep an item that was disabled since."""
	if item is None or (stored and stored.item_code == row.item_code):
		# A missing item is reported by the framework's own check of links and mandatory fields.
		return
	label = _row_label(row, "item_code")
	code = shown(row.item_code)
	if item.disabled:
		frappe.throw(
			_("{0}: item {1} is disabled. Choose another item, or enable it first.").format(label, code),
			title=_("Item cannot be sold"),
		)
	if item.has_variants:
		frappe.throw(
			_("{0}: item {1} is a template. Choose one of its variants.").format(label, code),
			title=_("Item cannot be sold"),
		)
	if not item.is_sales_item:
		frappe.throw(
			_("{0}: item {1} is not for sale. Choose another item, or allow its sales in the item.").format(
				label, code
			),
			title=_("Item cannot be sold"),
		)


def _describe(row: Document, item: ItemFacts | None, stored: Document | None) -> None:
	"""Fill name and unit of a line; a line whose item changed takes those of the new item."""
	if item is None:
		return
	swapped = stored and stored.item_code != row.item_code
	if not row.item_name or (swapped and row.item_name == stored.item_name):
		row.item_name = item.item_name
	if not row.uom:
		row.uom = item.sales_uom


def _set_list_rates(opportunity: Document, rows: list[Document], stored: dict[str, Document]) -> None:
	"""Give new lines, and those whose item, unit, currency or list changed, the price of the list."""
	before = opportunity.get_doc_before_save()
	all_new = not before or any(
		before.get(field) != opportunity.get(field) for field in ("selling_price_list", "currency")
	)
	due = [row for row in rows if all_new or _is_new_to_list(row, stored.get(row.name))]
	if not due:
		return
	rates = list_rates(
		((row.item_code, row.uom) for row in due),
		opportunity.selling_price_list,
		opportunity.currency,
		company_currency(opportunity.company),
		flt(opportunity.conversion_rate),
		opportunity.customer,
	)
	for row in due:
		before_row = stored.get(row.name)
		typed = not before_row or flt(row.price_list_rate) != flt(before_row.price_list_rate)
		price = rates.get((row.item_code, row.uom), 0.0)
		if not typed:
			row.price_list_rate = price or row.price_list_rate
		elif 0 <= flt(row.price_list_rate) < price:
			row.price_list_rate = price


def _is_new_to_list(row: Document, stored: Document | None) -> bool:
	return not stored or any(
		row.get(field) != stored.get(field) for field in ("item_code", "uom", "price_list_rate")
	)


def _price(
	row: Document,
	stored: Document | None,
	conversion_rate: float,
	round_money: Callable[[float], float],
	round_base: Callable[[float], float],
) -> PricedLine:
	line, before = _line(row), _line(stored) if stored else None
	if stored and stored.item_code != row.item_code:
		# Another item: its rate starts anew, unless one was typed along with it.
		line = replace(line, rate=None) if flt(line.rate) == flt(before.rate) else line
		before = None
	try:
		return price_line(line, before, conversion_rate, round_money, round_base)
	except RuleError as error:
		throw_rule_error(error, _row_label(row, FIELD_OF_CODE.get(error.code, "item_code")))


def _line(row: Document) -> Line:
	return Line(
		**{
			field: None if row.get(field) is None else flt(row.get(field))
			for field in ("qty", "price_list_rate", "discount_percentage", "rate")
		}
	)


def _row_label(row: Document, fieldname: str) -> str:
	return _("Row {0}, {1}").format(row.idx, _(row.meta.get_label(fieldname)))
