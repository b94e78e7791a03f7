"""What becomes of records with payloads on paper: the HTML that the maker of PDFs is given, and records that reach elsewhere.

`python xss_papers.py <site> make` and `... remove`; the records of xss_rows.py must be there. SKYCRM_XSS_PORT is where
somebody listens for whatever is fetched.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from xss_rows import TEXTS, VALUES, insert, name_of

PRINTED = ("Sky Lead", "Sky Opportunity")
# A file of this machine, and what it holds
FILE, SECRET = "/etc/passwd", "root:x:0:0"
OWNER = "xss-paper@xss.invalid"


def reaching(port: str) -> list[str]:
	"""Return values that make whoever draws them fetch something: each fits a Data field."""
	there = f"http://127.0.0.1:{port}"
	return [
		f'<img src="{there}/a"><iframe src="{there}/b"></iframe><link rel=stylesheet href="{there}/c">',
		f'<object data="{there}/d"></object><embed src="{there}/e"><video poster="{there}/f"></video>',
		f'<b style="background:url({there}/style)">x</b><style>@import url({there}/import);</style>',
		f'<script src="{there}/script"></script><table background="{there}/table"><tr><td>x</td></tr></table>',
		f'<iframe src="file://{FILE}"></iframe><img src="file://{FILE}"><object data="file://{FILE}"></object>',
		f'<svg><image xlink:href="{there}/svg"/></svg><meta http-equiv=refresh content="0;url={there}/meta">',
		f'["<img src={there}/json>"]',
		f'<img src="{there}/open" x=',
	]


def main() -> None:
	import frappe

	site, what = sys.argv[1:3]
	os.chdir(Path(os.environ["SKYCRM_BENCH"]) / "sites")
	frappe.init(site=site, sites_path=".")
	frappe.connect()
	frappe.set_user("Administrator")
	remove()
	if what == "make":
		print(json.dumps(make(os.environ["SKYCRM_XSS_PORT"])))
	frappe.db.commit()
	frappe.clear_cache()
	frappe.destroy()


def remove() -> None:
	import frappe

	for doctype in PRINTED:
		frappe.db.sql(f"delete from `tab{doctype}` where owner = %s", OWNER)


def make(port: str) -> dict[str, Any]:
	"""Write the records that reach elsewhere; returns their names, the formats, and the HTML of the others."""
	import frappe

	formats = {
		doctype: [
			"Standard",
			*frappe.get_all(
				"Print Format", {"doc_type": doctype, "disabled": 0}, pluck="name", order_by="name"
			),
		]
		for doctype in PRINTED
	}
	texts = reaching(port)
	for doctype in PRINTED:
		for at in range(len(texts)):
			write(doctype, at, texts)
	papers = [
		(f"{doctype} {shown}", paper(doctype, name_of(doctype, at), shown))
		for doctype in PRINTED
		for shown in formats[doctype]
		for at in range(len(VALUES))
	]
	names = {doctype: [f"XSS-reach-{at}" for at in range(len(texts))] for doctype in PRINTED}
	return {"formats": formats, "reach": names, "papers": papers}


def write(doctype: str, at: int, texts: list[str]) -> None:
	"""A record like the first of xss_rows.py, each text of which reaches elsewhere."""
	import frappe

	row = frappe.db.get_value(doctype, name_of(doctype, 0), "*", as_dict=True)
	for place, field in enumerate(frappe.get_meta(doctype).fields):
		if field.fieldtype in TEXTS and not field.unique:
			row[field.fieldname] = texts[(at + place) % len(texts)]
	insert(doctype, {**row, "name": f"XSS-reach-{at}", "owner": OWNER})


def paper(doctype: str, name: str, shown: str) -> str:
	"""Return the HTML of a print as frappe.utils.pdf.get_pdf hands it over, head and foot of the pages with it.

	Step by step as it does; only the margins, which take long to find, are not read out of the style sheets.
	"""
	from bs4 import BeautifulSoup

	import frappe
	from frappe.utils import pdf, scrub_urls

	html = frappe.get_print(doctype, name, shown, doc=frappe.get_doc(doctype, name))
	soup = BeautifulSoup(scrub_urls(html), "html5lib")
	options = pdf.prepare_header_footer(soup)
	pdf.toggle_visible_pdf(soup)
	html = pdf.inline_private_images(str(soup))
	for part in ("header-html", "footer-html"):
		if options.get(part):
			html += Path(options[part]).read_text("utf-8")
	pdf.cleanup(options)
	return html


if __name__ == "__main__":
	main()
