"""Whether the framework and ERPNext of this bench are new enough to be safe, for whoever answers for the site."""

from typing import Any

import frappe
from frappe import _

from skycrm.domain import known_holes
from skycrm.domain.known_holes import Harm, Hole
from skycrm.domain.versions import dotted


def versions() -> dict[str, Any]:
	"""How the apps of this bench stand, those with open holes first.

	Returns:
		is_safe: whether all of them are at or above their floor; apps: for each its name, version, floor and holes;
		command: what to run on the server for newer ones.
	"""
	found = [
		known_holes.standing(app, str(frappe.get_attr(f"{app}.__version__")))
		for app in sorted(known_holes.floors())
	]
	return {
		"is_safe": not any(app.holes for app in found),
		"apps": [
			{
				"app": app.app,
				"version": app.version,
				"floor": app.floor,
				"holes": [_shown(hole) for hole in app.holes],
			}
			for app in sorted(found, key=lambda app: (not app.holes, app.app))
		],
		"command": "bench update",
	}


def _shown(hole: Hole) -> dict[str, Any]:
	return {
		"cve": hole.cve,
		"fixed_in": dotted(hole.fixed_in),
		"what": _sentence(hole.harm),
		"without_login": hole.without_login,
	}


def _sentence(harm: Harm) -> str:
	sentences = {
		Harm.UNCHECKED_METHODS: _("Users can call functions of ERPNext that they have no right to."),
		Harm.READ_DATABASE: _("Crafted requests can read the database."),
		Harm.READ_RECORDS: _("Records can be read without the right to."),
		Harm.READ_FILES: _("Files of the server can be read."),
		Harm.CHANGE_RECORDS: _("Records can be changed without the right to."),
		Harm.POST_TEXTS: _("Anybody can post into discussions."),
		Harm.CODE_BY_FILE: _("An uploaded file can run code on the server."),
		Harm.CODE_BY_TEXT: _("A text with a template in it can run code on the server."),
		Harm.SCRIPT_IN_BROWSER: _("A workspace can run a script in the browser of whoever opens it."),
		Harm.INNER_NETWORK: _("The server can be made to call addresses of its own network."),
	}
	return sentences[harm]
