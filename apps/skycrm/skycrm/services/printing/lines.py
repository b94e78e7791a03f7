"""Rows of items, sums and payment schedule of a printed sales document."""

from typing import Any

from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, cstr, flt

from skycrm.domain.html_text import html_to_lines
from skycrm.domain.money import minor_digits
from skycrm.services.printing.reader import Reader

# Longest description on paper; what is beyond belongs in an annex, and a row must fit on a page.
_MOST_DESCRIPTION_LINES = 25
_LONGEST_DESCRIPTION_LINE = 600


def item_rows(reader: Reader, sign: int = 1) -> list[dict[str, Any]]:
	"""Rows of a sales document, ready to show.

	Args:
		reader: of the document.
		sign: -1 on a return, whose quantities and amounts are negative and are printed positive.

	Returns:
		number, code, name, description (lines), notes, uom, qty, price (before discount), discount, amount;
		`discount` is "" where none was given.
	"""
	return [_item_row(reader, row, number, sign) for number, row in enumerate(reader.rows("items"), 1)]


def _item_row(reader: Reader, row: Document, number: int, sign: int) -> dict[str, Any]:
	rate = flt(reader.value("rate", row))
	price, discount = _price_and_discount(reader, row, rate)
	name = reader.plain("item_name", row) or reader.plain("item_code", row)
	code = reader.plain("item_code", row)
	notes = []
	if cint(reader.value("is_free_item", row)):
		notes.append(_("Free of charge"))
	if cint(reader.value("is_alternative", row)):
		notes.append(_("Alternative, not part of the total"))
	return {
		"number": number,
		"code": code if code != name else "",
		"name": name,
		"description": _description(reader, row, {name, code}),
		"notes": notes,
		"uom": _(reader.plain("uom", row)) if reader.plain("uom", row) else "",
		"qty": reader.number(sign * flt(reader.value("qty", row))),
		"price": reader.amount(price),
		"discount": discount,
		"amount": reader.amount(sign * flt(reader.value("amount", row))),
	}


def _price_and_discount(reader: Reader, row: Document, rate: float) -> tuple[float, str]:
	off = flt(reader.value("discount_amount", row))
	percentage = flt(reader.value("discount_percentage", row))
	if off <= 0 and percentage > 0:
		# Sky Opportunity keeps no discount amount: the price before it is the price list's.
		off = flt(reader.value("price_list_rate", row)) - rate
	if off <= 0:
		return rate, ""
	price = rate + off
	return price, reader.percent(percentage or off / price * 100)


def _description(reader: Reader, row: Document, known: set[str]) -> list[str]:
	said = {text.casefold() for text in known}
	lines = [
		line for line in html_to_lines(cstr(reader.value("description", row))) if line.casefold() not in said
	]
	shown = [line[:_LONGEST_DESCRIPTION_LINE] for line in lines[:_MOST_DESCRIPTION_LINES]]
	if len(lines) > len(shown):
		shown.append("…")
	return shown


def total_rows(reader: Reader, sign: int = 1) -> list[dict[str, Any]]:
	"""Sums from the items to what is to be paid: label, value, strong (the line that counts)."""
	doc = reader.doc
	taxes = reader.rows("taxes")
	discount = abs(flt(reader.value("discount_amount")))
	on_net = doc.get("apply_discount_on") == "Net Total"
	payable = total_payable(reader)
	# Less than the smallest coin is a trace of the calculation: "Rounding 0" would only puzzle.
	rounding = (
		flt(reader.value("rounding_adjustment"), minor_digits(reader.currency))
		if _is_rounded(reader)
		else 0.0
	)

	rows = []
	if taxes or discount or rounding:
		rows.append(_sum(_("Total of goods and services"), reader.money(sign * flt(reader.value("total")))))
	if discount and on_net:
		rows.append(_sum(_("Additional discount"), reader.money(-discount)))
	rows += [_tax_row(reader, tax, sign) for tax in taxes]
	if discount and not on_net:
		rows.append(_sum(_("Additional discount"), reader.money(-discount)))
	if rounding:
		rows.append(_sum(_("Rounding"), reader.money(sign * rounding)))
	label = _("Total returned") if sign < 0 else _("Total payment")
	rows.append(_sum(label, reader.money(sign * payable), strong=True))
	rows += _paid_rows(reader, payable) if sign > 0 else []
	return rows


def total_payable(reader: Reader) -> float:
	"""The amount that the document asks for, and that is said in words: rounded where ERPNext rounds."""
	return flt(reader.value("rounded_total" if _is_rounded(reader) else "grand_total"))


def _is_rounded(reader: Reader) -> bool:
	return bool(flt(reader.value("rounded_total"))) and not cint(reader.value("disable_rounded_total"))


def _sum(label: str, value: str, strong: bool = False) -> dict[str, Any]:
	return {"label": label, "value": value, "strong": strong}


def _tax_row(reader: Reader, tax: Document, sign: int) -> dict[str, Any]:
	label = reader.text("description", tax) or reader.plain("account_head", tax)
	rate = flt(reader.value("rate", tax))
	if rate and "%" not in label:
		label = f"{label} ({reader.percent(rate)})"
	if cint(reader.value("included_in_print_rate", tax)):
		label = _("{0}, included in the prices").format(label)
	value = flt(reader.value("tax_amount_after_discount_amount", tax)) or flt(reader.value("tax_amount", tax))
	return _sum(label, reader.money(sign * value))


def _paid_rows(reader: Reader, payable: float) -> list[dict[str, Any]]:
	"""What a submitted invoice or order was already paid, when it is kept in the document's currency."""
	doc = reader.doc
	if doc.docstatus != 1 or doc.get("party_account_currency") not in (None, "", reader.currency):
		return []
	if doc.meta.has_field("outstanding_amount"):
		paid = payable - flt(reader.value("outstanding_amount"))
	else:
		paid = flt(reader.value("advance_paid"))
	# Less than one unit is a rounding difference of the payment, not a payment.
	if paid < 1:
		return []
	return [
		_sum(_("Already paid"), reader.money(paid)),
		_sum(_("Still to pay"), reader.money(payable - paid), strong=True),
	]


def schedule_rows(reader: Reader) -> list[dict[str, str]]:
	"""Instalments: due date, share, amount, description. A single one without a term says nothing new."""
	schedule = reader.rows("payment_schedule")
	if len(schedule) < 2 and not any(row.get("payment_term") or row.get("description") for row in schedule):
		return []
	return [
		{
			"due": reader.day("due_date", row),
			"share": reader.percent(reader.value("invoice_portion", row)),
			"amount": reader.money(reader.value("payment_amount", row)),
			"description": reader.text("description", row) or reader.plain("payment_term", row),
		}
		for row in schedule
	]
