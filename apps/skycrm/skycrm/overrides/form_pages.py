"""Pages of web forms: /sky-form/<form> to link to or to put into an iframe, and /sky-form.js for a <script> tag."""

import json
import re
from pathlib import Path
from typing import Any

from werkzeug.wrappers import Response

import frappe
from frappe import _
from frappe.website.page_renderers.base_renderer import BaseRenderer

from skycrm.services import form_definition

SCRIPT_PATH = "sky-form.js"
PAGE_PREFIX = "sky-form/"
# Modules that become one plain script, in this order: what is imported comes first.
SCRIPTS = ("look.js", "view.js", "form.js")
SCRIPT_SECONDS = 300
_MODULE_WORDS = re.compile(r"^(?:import .*;\n|export )", re.M)
TEMPLATE = "skycrm/templates/pages/sky_form.html"


class FormPage(BaseRenderer):
	"""Hook page_renderer: answers for the two addresses above, nothing else."""

	def can_render(self) -> bool:
		return self.path == SCRIPT_PATH or self.path.startswith(PAGE_PREFIX)

	def render(self) -> Response:
		if self.path == SCRIPT_PATH:
			return _script()
		return _page(self.path.removeprefix(PAGE_PREFIX))


def _script() -> Response:
	folder = Path(frappe.get_app_path("skycrm", "public", "js", "web_form"))
	source = "\n".join(_MODULE_WORDS.sub("", (folder / name).read_text("utf-8")) for name in SCRIPTS)
	# One scope for all files and none for the page that shows the form: a plain script knows where its tag stands.
	response = Response(f"(function () {{\n'use strict';\n{source}\n}})();\n", mimetype="text/javascript")
	response.headers["Cache-Control"] = f"public, max-age={SCRIPT_SECONDS}"
	response.headers["Access-Control-Allow-Origin"] = "*"
	response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
	response.headers["X-Content-Type-Options"] = "nosniff"
	return response


def _page(name: str) -> Response:
	form = form_definition.find_form(name)
	preview = bool(form and not form.published and form.has_permission("read"))
	language = _language(form)
	if not form or not (form.published or preview):
		return _response(
			{"language": language, "closed": _("This form is not open.", lang=language), "definition": ""},
			404,
		)
	definition = {**form_definition.describe(form, language), "preview": preview}
	context = {
		"language": language,
		"title": definition["heading"] or form.title,
		"closed": "",
		"form": form.name,
		# "<" would end the element that holds it.
		"definition": json.dumps(definition, ensure_ascii=False).replace("<", "\\u003c"),
	}
	return _response(context, 200, " ".join(row.origin for row in form.allowed_origins))


def _language(form: Any) -> str:
	wanted = frappe.form_dict.get("lang") or frappe.request.accept_languages.best_match(["vi", "en"])
	if form:
		return form_definition.language_of(form, wanted)
	return form_definition.ENGLISH if wanted == form_definition.ENGLISH else form_definition.VIETNAMESE


def _response(context: dict[str, Any], status: int, origins: str = "") -> Response:
	response = Response(frappe.render_template(TEMPLATE, context), status=status, mimetype="text/html")
	# Who may put the page into a frame. A browser that reads this passes over X-Frame-Options, which the web server of a
	# bench sets for every page.
	response.headers["Content-Security-Policy"] = (
		"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; "
		f"base-uri 'none'; form-action 'none'; frame-ancestors 'self' {origins}".strip()
	)
	response.headers["Cache-Control"] = "no-store"
	response.headers["X-Content-Type-Options"] = "nosniff"
	response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
	return response
