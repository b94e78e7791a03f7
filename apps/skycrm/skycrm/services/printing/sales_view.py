"""What the print of a Quotation, Sales Order or Sales Invoice shows, shared out over pages."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt

from skycrm.domain.amount_in_words import amount_in_words
from skycrm.domain.page_layout import LINE_HEIGHT, Block, Page, lay_out, text_height
from skycrm.services.printing.company import bank_card, company_card, company_currency
from skycrm.services.printing.lines import item_rows, schedule_rows, total_payable, total_rows
from skycrm.services.printing.paper import Paper, current_paper
from skycrm.services.printing.party import buyer_card
from skycrm.services.printing.reader import Reader, user_card

# Shares of the width of the table of items, in percent: with and without a column for discounts.
_NAME_SHARE = {True: 35, False: 43}
# Room that the site's letter head is given: its height is not known before it is drawn.
_LETTER_HEAD_EM = 13.0
_TABLE_HEADING_EM = 3.4
_RUNNING_HEAD_EM = 3.2
_CELL_PADDING_EM = 0.75


def sales_view(doc: Document, letter_head: str | None = None, footer: str | None = None) -> frappe._dict:
	"""Everything the templates of a sales document need, formatted and shared out over pages.

	Args:
		doc: Quotation, Sales Order or Sales Invoice, as the framework hands it to a print format.
		letter_head: HTML of the site's letter head, already rendered by the framework; none: our own heading.
		footer: HTML of the letter head's footer.

	Returns:
		See the names below; texts are plain and have to be escaped by the template.
	"""
	currency = doc.get("currency") or company_currency(doc.get("company"))
	reader = Reader(doc, currency)
	is_return = bool(cint(doc.get("is_return")))
	sign = -1 if is_return else 1
	seller = company_card(reader, doc.get("company"))
	rows = item_rows(reader, sign)
	paper = current_paper()
	view = frappe._dict(
		language=reader.language,
		paper=paper,
		letter_head=letter_head or "",
		footer=footer or "",
		number=doc.name or "",  # none yet in the preview of a document that was never saved
		is_return=is_return,
		facts=_facts(reader),
		watermark=_watermark(doc),
		seller=seller,
		buyer=buyer_card(reader, seller["country"]),
		salesperson=user_card(doc.owner),
		currency=currency,
		rows=rows,
		has_discount=any(row["discount"] for row in rows),
		has_included_tax=any(cint(tax.get("included_in_print_rate")) for tax in reader.rows("taxes")),
		exchange_rate=_exchange_rate(reader),
		valid_till=reader.day("valid_till"),
		return_against=reader.plain("return_against"),
		totals=total_rows(reader, sign),
		words=amount_in_words(sign * flt(total_payable(reader)), currency, reader.language),
		schedule=schedule_rows(reader),
		terms=reader.lines("terms"),
		bank=None if is_return else bank_card(doc.get("company")),
	)
	view.name_share = _NAME_SHARE[view.has_discount]
	view.pages = _pages(view, paper)
	return view


def _facts(reader: Reader) -> list[dict[str, str]]:
	"""Dates and references of the document that are filled in: label and value."""
	issued = reader.day("transaction_date") or reader.day("posting_date")
	facts = [
		(_("Date"), issued),
		(_("Valid until"), reader.day("valid_till")),
		(_("Delivery date"), reader.day("delivery_date")),
		(_("Due date"), reader.day("due_date") if not cint(reader.value("is_return")) else ""),
		(_("Customer's order"), reader.plain("po_no")),
		(_("Returned from invoice"), reader.plain("return_against")),
	]
	return [{"label": label, "value": value} for label, value in facts if value]


def _watermark(doc: Document) -> str:
	if doc.docstatus == 0:
		return _("DRAFT")
	return _("CANCELLED") if doc.docstatus == 2 else ""


def _exchange_rate(reader: Reader) -> str:
	"""The rate of a document in a foreign currency, "" for one in the company's own."""
	own = company_currency(reader.doc.get("company"))
	rate = flt(reader.value("conversion_rate"))
	if not rate or not own or own == reader.currency:
		return ""
	return _("Exchange rate: 1 {0} = {1} {2}").format(
		reader.currency, Reader(reader.doc, own).number(rate), own
	)


def _pages(view: frappe._dict, paper: Paper) -> list[Page]:
	blocks = _item_blocks(view, paper)
	if blocks:
		blocks[-1].keep_with_next = True  # a sum alone on a page has nothing to stand under
	totals = 1.9 * len(view.totals) + 1.0
	words = text_height([view.words], paper.width - 6) + 1.4
	blocks.append(Block("totals", totals + words, data=view))
	if view.schedule:
		blocks.append(Block("schedule", 1.9 * len(view.schedule) + 4.2, data=view))
	if view.terms:
		blocks.append(Block("terms_title", 2.6, keep_with_next=True, data=view))
		blocks += [Block("terms", text_height([line], paper.width) + 0.3, data=line) for line in view.terms]
	if view.bank:
		blocks.append(Block("bank", 3.6 + text_height([view.bank["holder"]], paper.width), data=view))
	blocks[-1].keep_with_next = True  # signatures never stand alone on a page
	blocks.append(Block("signatures", 14.0, data=view))
	return lay_out(
		blocks,
		first=paper.height - _first_heading(view, paper),
		height=paper.height - _RUNNING_HEAD_EM,
		table_heading=_TABLE_HEADING_EM,
	)


def _item_blocks(view: frappe._dict, paper: Paper) -> list[Block]:
	width = paper.width * view.name_share / 100 - 1.0
	side = paper.width * 8 / 100 - 0.8
	return [
		Block(
			"row",
			max(
				text_height([row["name"]], width, 1.04)
				+ text_height([row["code"], *row["description"], *row["notes"]], width, 0.9),
				text_height([row["uom"]], side),
				LINE_HEIGHT,
			)
			+ _CELL_PADDING_EM,
			data=row,
		)
		for row in view.rows
	]


def _first_heading(view: frappe._dict, paper: Paper) -> float:
	"""Height of what stands above the items on the first page."""
	seller = view.seller
	seller_lines = [seller["address"], " ".join((seller["phone"], seller["email"], seller["website"])), "MST"]
	buyer = view.buyer
	buyer_lines = [
		buyer["name"],
		buyer["address"],
		buyer["shipping"],
		buyer["contact"] + buyer["phone"] + buyer["email"],
		"MST",
	]
	if view.letter_head:
		party_width = paper.width / 2 - 8
		heading = _LETTER_HEAD_EM
		parties = max(
			text_height([seller["name"], *seller_lines], party_width), text_height(buyer_lines, party_width)
		)
	else:
		heading = text_height([seller["name"]], paper.width - 16, 1.3) + text_height(
			seller_lines, paper.width - 16
		)
		heading = max(heading, 7.0 if seller["logo"] else 0.0) + 2.0
		parties = text_height(buyer_lines, paper.width - 12)
	title = 7.0 + LINE_HEIGHT * 1.1 * ((len(view.facts) + 1) // 2)
	return heading + title + parties + 8.0
