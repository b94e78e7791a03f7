"""Asks routes for records and notes whatever comes out that should not."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import frappe

from . import routes
from .arguments import filled
from .client import Answer, Asker
from .routes import Route
from .world import Secret, World, fingerprint

# Routes that give the whole of what somebody may see: asked as each job about each kind of record.
LISTS = (
	Route(
		"/api/resource/{doctype}",
		"GET",
		fixed={"filters": "[]", "limit_page_length": 500},
	),
	Route("/api/v2/document/{doctype}", "GET", fixed={"filters": "[]", "limit": 500}),
	Route(
		"/api/method/frappe.client.get_list",
		fixed={"filters": "[]", "limit_page_length": 500},
	),
	Route(
		"/api/method/frappe.desk.reportview.get",
		fixed={"filters": "[]", "page_length": 500},
	),
)
RECORDS = (
	Route("/api/resource/{doctype}/{name}", "GET"),
	Route("/api/v2/document/{doctype}/{name}/", "GET"),
	Route("/api/method/frappe.client.get"),
	Route("/api/method/frappe.desk.form.load.getdoc"),
	Route("/api/method/frappe.www.printview.get_html_and_style"),
)
# Differs from request to request whatever is asked.
CHANGING = re.compile(
	r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?|\d\d-\d\d-\d{4} \d\d:\d\d:\d\d|[0-9a-f]{10,}|0x[0-9a-f]+|line \d+|[\"']?[a-z0-9]{10}[\"']?"
)


@dataclass
class Walk:
	"""What was asked so far and what was found.

	Attributes:
	        world, asker: who and what there is, and how to ask.
	        checks: questions asked of one route by one person about one record.
	        leaks: a line for each thing that came out, or was changed.
	"""

	world: World
	asker: Asker
	checks: int = 0
	leaks: list[str] = field(default_factory=list)
	statuses: dict[int, int] = field(default_factory=dict)

	def ask(self, route: Route, target: Secret, user: str, by_text: bool = False) -> Answer:
		arguments = self._arguments(route, target, user, by_text)
		path = route.path.format(doctype=target.doctype, name=target.name)
		answer = self.asker.ask(self.world.tokens[user], route.verb, path, arguments)
		self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
		return answer

	def must_hide_all(self, route: Route, target: Secret, user: str) -> None:
		"""Ask by name and, where the route would notice a difference, by text."""
		self.must_hide(route, target, user)
		if self._arguments(route, target, user, False) != self._arguments(route, target, user, True):
			self.must_hide(route, target, user, by_text=True)

	def must_hide(self, route: Route, target: Secret, user: str, by_text: bool = False) -> None:
		"""Ask for a record that the user may not see: no sign of it or of one like it, and the answer of a name that there is not."""
		self.checks += 1
		sent = json.dumps(self._arguments(route, target, user, by_text)) + target.name
		answer = self.ask(route, target, user, by_text)
		if self._signs_in(answer, user, sent, str(route)):
			return
		absent = replace(
			target,
			name=f"LEAK-{frappe.generate_hash(length=10).upper()}",
			mark=f"zq{frappe.generate_hash(length=10)}",
		)
		other = self.ask(route, absent, user, by_text)
		if plain(answer, target) != plain(other, absent):
			# Once more, each: what is different from one time to the next says nothing about the record.
			again, third = (
				self.ask(route, target, user, by_text),
				self.ask(route, absent, user, by_text),
			)
			if plain(third, absent) == plain(other, absent) != plain(again, target):
				who = self._who(user)
				self.leaks.append(
					f"{route} tells {who} whether a {target.doctype} exists: {answer.status} {answer.text[:160]!r} instead of {other.status} {other.text[:160]!r}"
				)

	def must_not_show(self, route: Route, target: Secret, user: str, names: bool = True) -> bool:
		"""Ask for a record: no sign of any that the user may not see. Whether the answer tells an absent one apart is not asked.

		Args:
		        names: whether the name of a record that was not asked for is a sign too.

		Returns:
		        whether nothing came out.
		"""
		self.checks += 1
		sent = json.dumps(self._arguments(route, target, user, False)) + route.path.format(
			doctype="", name=target.name
		)
		return not self._signs_in(self.ask(route, target, user), user, sent, str(route), names)

	def _signs_in(self, answer: Answer, user: str, sent: str, route: str, names: bool = True) -> bool:
		who = self._who(user)
		for secret in self.world.secrets:
			# A guest has no camp: whatever is somebody's is foreign.
			if secret.camp == "here" and who[0] == "here" and who[1] in PEOPLE_OF_THE_TEAM:
				continue
			# What the request itself says may stand in its answer.
			signs = [sign for sign in (*secret.signs, *((secret.name,) if names else ())) if sign not in sent]
			if any(sign in answer.text for sign in signs):
				self.leaks.append(
					f"{route} shows {secret.doctype} of the {secret.camp} camp to {who}: {_around(answer.text, signs)}"
				)
				return True
		return False

	def nothing_changed(self, before: dict[Secret, str], what: str) -> None:
		"""Note records that are not what they were; afterwards they are taken as they are."""
		for secret, was in before.items():
			if (now := fingerprint(secret)) != was:
				self.leaks.append(f"{what} changed a {secret.doctype} of the other camp")
				before[secret] = now

	def _arguments(self, route: Route, target: Secret, user: str, by_text: bool) -> dict[str, Any]:
		others = {
			secret.doctype: secret for secret in reversed(self.world.secrets) if secret.camp == target.camp
		}
		return filled(route, target, user, others, text_field(target.doctype), by_text)

	def _who(self, user: str) -> tuple[str, str]:
		return next(
			(who for who, name in self.world.people.items() if name == user),
			("nobody", user),
		)


PEOPLE_OF_THE_TEAM = frozenset(
	(
		"seller",
		"sales manager",
		"marketer",
		"marketing manager",
		"agent",
		"support manager",
		"admin",
	)
)


def text_field(doctype: str) -> str:
	"""A text of a document type by which somebody would look for a record."""
	meta = frappe.get_meta(doctype)
	title = meta.get_field(meta.title_field) if meta.title_field else None
	if title and title.fieldtype in ("Data", "Small Text"):
		return title.fieldname
	return next(
		(field.fieldname for field in meta.fields if field.fieldtype in ("Data", "Small Text", "Text")),
		"name",
	)


def plain(answer: Answer, target: Secret) -> tuple[int, str]:
	"""An answer without what is different each time and without the record that was asked for."""
	text = answer.text.replace(target.name, "NAME").replace(target.mark, "MARK")
	return answer.status, CHANGING.sub("~", text.replace(target.name.lower(), "name"))


def every_route(doctype: str) -> Iterator[Route]:
	"""All routes by which a record of this type might be reached."""
	yield from routes.of_whitelist()
	yield from routes.of_rest()
	yield from routes.of_documents(doctype)
	yield from routes.of_pages()
	yield from routes.of_saved_queries(doctype)


def _around(text: str, signs: Iterable[str]) -> str:
	place = min(text.find(sign) for sign in signs if sign in text)
	return repr(text[max(0, place - 80) : place + 60])
