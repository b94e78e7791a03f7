import json

import frappe
from frappe import _

from skycrm.services import contact_page, form_definition


def get_context(context: frappe._dict) -> None:
	"""The page is there while the form behind it is published; each visit gets a token that says when."""
	form = form_definition.find_form(contact_page.form_behind())
	if not form or not form.published:
		raise frappe.PageDoesNotExistError
	wording = [row for row in form.consents if row.channel == "Email"]
	context.sky_form_token = form_definition.new_token(form.name)
	language = form_definition.language_of(form, frappe.local.lang)
	text = form_definition.text(wording[0], "wording", language) if wording else ""
	# JSON within a text of a script, and without what could end the script's element.
	context.sky_wording = json.dumps(json.dumps(text))[1:-1].replace("<", "\\u003c")
	intro = form_definition.text(form, "intro", language)
	context.introduction_text = frappe.utils.escape_html(intro) if intro else _(context.introduction_text)
	context.no_cache = 1
