"""Which role sees and changes which field of a DocType: read as a table, and written as the framework keeps it.

The framework keeps the level of a field as a Property Setter (of a custom field in the field itself) and the rights of
roles at a level as Custom DocPerm. Both are written as documents, so that whatever watches them sees who changed what.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import frappe
from frappe import _
from frappe.custom.doctype.property_setter.property_setter import make_property_setter
from frappe.model import no_value_fields, table_fields
from frappe.model.meta import Meta
from frappe.permissions import setup_custom_perms

from skycrm.domain import field_access as rule
from skycrm.domain.errors import Conflict, RuleError
from skycrm.domain.field_access import Access, Key, Right
from skycrm.permissions import facts
from skycrm.services.fixed_fields import fixed_fields, sources_of
from skycrm.services.messages import throw_rule_error
from skycrm.services.record_checks import refuse, shown
from skycrm.services.role_levels import rights_of

MODULE = "SkyCRM"
COLUMN_TYPES = frozenset(no_value_fields) - frozenset(table_fields)
SHOW, READ_ONLY, HIDE = "Show", "Read Only", "Hide"
WORDS = {SHOW: Access.SHOW, READ_ONLY: Access.READ, HIDE: Access.HIDE}
# What everybody sees who sees the document, until an admin says otherwise
OPEN_LEVELS = frozenset({0, rule.MONEY, rule.MARGIN, rule.CONSENT, rule.PERSONAL})
# As many cells as a page of one DocType can hold, many times over.
MOST_CHANGES = 5000


@dataclass
class State:
	"""What is stored about a DocType and its child tables."""

	doctype: str
	levels: dict[Key, int]
	rights: tuple[Right, ...]
	shipped: dict[Key, int]
	custom: set[Key] = field(default_factory=set)

	@property
	def base(self) -> dict[str, Access]:
		return rule.natural(self.rights)

	@property
	def token(self) -> str:
		"""Another one whenever something of it changes."""
		parts = [str(item) for item in (*self.levels.items(), *self.rights)]
		text = json.dumps(sorted(parts))
		return hashlib.sha256(text.encode()).hexdigest()[:16]


def doctypes() -> list[dict[str, str]]:
	"""The DocTypes whose fields can be shown and hidden: [{value, label}] by label."""
	names = frappe.get_all(
		"DocType", filters={"module": MODULE, "istable": 0, "issingle": 0}, pluck="name", limit=0
	)
	# What only administrators of the site read has nothing to hide from anybody.
	found = [name for name in names if set(_state(name).base) - {"System Manager"}]
	return sorted(
		({"value": name, "label": _(name)} for name in found), key=lambda row: row["label"].casefold()
	)


def read(doctype: str) -> dict[str, Any]:
	"""The table of a DocType: fields × roles.

	Returns:
		doctype, label; token: to send along when saving.
		roles: [{name, label, writes}] of those that read the DocType.
		fields: [{doctype, fieldname, label, section, table, custom, fixed, access: {role: "Show"|"Read Only"|"Hide"},
			start: the same as it is without any change}]; `fixed` says why the field cannot be hidden, "" if it can.
	"""
	state = _known(doctype)
	base = state.base
	roles = sorted(base)
	now = rule.matrix(state.levels, state.rights)
	at_first = _at_first(state)
	fixed = fixed_fields(doctype)
	return {
		"doctype": doctype,
		"label": _(doctype),
		"token": state.token,
		"roles": [{"name": role, "label": _(role), "writes": base[role] is Access.SHOW} for role in roles],
		"fields": [
			{
				**row,
				"fixed": fixed.get((row["doctype"], row["fieldname"]), ""),
				"access": {
					role: _word(now[row["doctype"], row["fieldname"]].get(role, Access.HIDE), base[role])
					for role in roles
				},
				"start": {
					role: _word(at_first[row["doctype"], row["fieldname"]][role], base[role])
					for role in roles
				},
			}
			for row in _rows(doctype, state)
		],
	}


def preview(doctype: str, changes: Sequence[Mapping[str, str]]) -> dict[str, Any]:
	"""What saving would do: {changes: number of cells, sentences: HTML}. Writes nothing.

	Raises:
		frappe.ValidationError: an unknown field or role, a field that cannot be hidden, or too many combinations.
	"""
	state = _known(doctype)
	_done, wish = _plan(state, changes)
	return {"changes": len(wish), "sentences": list(_sentences(state, wish))}


def save(doctype: str, changes: Sequence[Mapping[str, str]], token: str) -> dict[str, Any]:
	"""Write what is wished, all of it or nothing.

	Args:
		changes: [{doctype, fieldname, role, access}].
		token: of the table that the changes were made in.

	Returns:
		The table as it is then, see `read`.

	Raises:
		ConflictError (409): somebody else changed the rights meanwhile.
		frappe.ValidationError: as `preview`.
	"""
	state = _locked(doctype, token)
	done, wish = _plan(state, changes)
	sentences = list(_sentences(state, wish))
	_write(state, done)
	if sentences:
		_note(doctype, sentences)
	_forget(state, done)
	return read(doctype)


def reset(doctype: str, token: str) -> dict[str, Any]:
	"""Every field as the app came: shown to every role that reads the DocType, unless the app itself keeps it back.

	Returns:
		The table as it is then, see `read`.
	"""
	state = _locked(doctype, token)
	wish = {(key, role): access for key, roles in _at_first(state).items() for role, access in roles.items()}
	done = rule.plan(state.levels, state.rights, wish, state.shipped)
	_write(state, done)
	_note(doctype, [_("Every field is seen again as at first.")])
	_forget(state, done)
	return read(doctype)


def _known(doctype: str) -> State:
	meta = frappe.get_meta(doctype) if frappe.db.exists("DocType", doctype) else None
	if not meta or meta.module != MODULE or meta.istable or meta.issingle:
		refuse(_("{0} is no document type of the CRM. Choose one from the list.").format(shown(doctype)))
	return _state(doctype)


def _locked(doctype: str, token: str) -> State:
	state = _known(doctype)
	# Two who save at once: the second waits here and finds what the first has written.
	frappe.db.get_value("DocType", doctype, "name", for_update=True)
	frappe.clear_cache(doctype=doctype)
	state = _state(doctype)
	if state.token != token:
		throw_rule_error(Conflict("field_access_changed"), _(doctype))
	return state


def _at_first(state: State) -> dict[Key, dict[str, Access]]:
	"""What each role may do with each field without any change: all that it may do with the document.

	A level of the app that is none of the shared ones keeps something back, the ledger of a merge for example.
	"""
	kept = {
		(row.role, row.permlevel): Access.SHOW if row.write else Access.READ
		for row in frappe.get_all(
			"DocPerm",
			filters={"parent": state.doctype, "permlevel": (">", 0), "read": 1},
			fields=["role", "permlevel", "write"],
			limit=0,
		)
	}
	return {
		key: {
			role: access if level in OPEN_LEVELS else min(access, kept.get((role, level), Access.HIDE))
			for role, access in state.base.items()
		}
		for key, level in state.shipped.items()
	}


def _metas(doctype: str) -> Iterator[Meta]:
	meta = frappe.get_meta(doctype)
	yield meta
	for df in meta.get_table_fields():
		yield frappe.get_meta(df.options)


def _state(doctype: str) -> State:
	metas = list(_metas(doctype))
	rows = frappe.get_all(
		"DocField",
		filters={"parent": ("in", [meta.name for meta in metas])},
		fields=["parent", "fieldname", "permlevel"],
		limit=0,
	)
	at_first = {(row.parent, row.fieldname): row.permlevel for row in rows}
	fields = [(meta.name, df) for meta in metas for df in meta.fields if df.fieldtype not in COLUMN_TYPES]
	levels = {(owner, df.fieldname): df.permlevel or 0 for owner, df in fields}
	return State(
		doctype,
		levels,
		rights_of(row.as_dict() for row in metas[0].permissions),
		{key: at_first.get(key, 0) for key in levels},
		{(owner, df.fieldname) for owner, df in fields if df.get("is_custom_field")},
	)


def _rows(doctype: str, state: State) -> Iterator[dict[str, Any]]:
	"""The fields of the table in the order of the form, without those that only the app itself uses."""
	inner = {
		(row.parent, row.fieldname)
		for row in frappe.get_all(
			"DocField",
			filters={"parent": ("in", sorted({owner for owner, _name in state.levels})), "hidden": 1},
			fields=["parent", "fieldname"],
			limit=0,
		)
	}
	tables = {df.options: _(df.label or df.fieldname) for df in frappe.get_meta(doctype).get_table_fields()}
	for meta in _metas(doctype):
		section = ""
		for df in meta.fields:
			if df.fieldtype in ("Section Break", "Tab Break"):
				section = _(df.label) if df.label else section
			key = (meta.name, df.fieldname)
			if key not in state.levels or key in inner or key in sources_of(doctype):
				continue
			yield {
				"doctype": meta.name,
				"fieldname": df.fieldname,
				"label": _(df.label or df.fieldname),
				"section": section,
				"table": tables.get(meta.name, ""),
				"custom": int(key in state.custom),
			}


def _plan(state: State, changes: Sequence[Mapping[str, str]]) -> tuple[rule.Plan, rule.Wish]:
	wish = _wish(state, changes)
	try:
		return rule.plan(state.levels, state.rights, {**wish, **_followers(state, wish)}, state.shipped), wish
	except RuleError as error:
		throw_rule_error(error, _(state.doctype))


def _wish(state: State, changes: Sequence[Mapping[str, str]]) -> rule.Wish:
	"""The changes as the rule takes them, without those that change nothing."""
	if len(changes) > MOST_CHANGES:
		refuse(_("{0} changes are too many at once. Save at most {1}.").format(len(changes), MOST_CHANGES))
	base, fixed = state.base, fixed_fields(state.doctype)
	now = rule.matrix(state.levels, state.rights)
	known = {(row["doctype"], row["fieldname"]): row["label"] for row in _rows(state.doctype, state)}
	wish = {}
	for change in changes:
		key = (change.get("doctype") or state.doctype, change.get("fieldname") or "")
		role, word = change.get("role") or "", change.get("access") or ""
		if key not in known:
			refuse(_("{0} has no field {1} that could be hidden.").format(_(state.doctype), shown(key[1])))
		if role not in base:
			refuse(_("The role {0} does not read {1}.").format(shown(role), _(state.doctype)))
		if word not in WORDS:
			refuse(
				_("{0} is no access. Choose one of: {1}.").format(shown(word), ", ".join(_words().values()))
			)
		access = min(WORDS[word], base[role])
		if access == now[key].get(role, Access.HIDE):
			continue
		if access is not base[role] and key in fixed:
			refuse(
				_("{0} cannot be hidden or locked. {1}").format(
					frappe.bold(frappe.utils.escape_html(known[key])), fixed[key]
				)
			)
		wish[key, role] = access
	_check_global_search(wish, known)
	return wish


def _check_global_search(wish: rule.Wish, known: Mapping[Key, str]) -> None:
	for key in {key for (key, _role), access in wish.items() if access is Access.HIDE}:
		if frappe.get_meta(key[0]).get_field(key[1]).in_global_search:
			refuse(
				_(
					"{0} is found by the search of the whole site, which shows it to everybody. Take it out of the global search in Customize Form first, then hide it."
				).format(frappe.bold(frappe.utils.escape_html(known[key])))
			)


def _followers(state: State, wish: rule.Wish) -> rule.Wish:
	"""What is made out of a field goes with it: a key that holds a phone number tells the number."""
	seen = rule.matrix(state.levels, state.rights)
	for (key, role), access in wish.items():
		seen[key][role] = access
	roles = {role for _key, role in wish}
	return {
		(follower, role): min(seen[source].get(role, Access.HIDE) for source in sources)
		for follower, sources in sources_of(state.doctype).items()
		if follower in state.levels
		for role in roles
	}


def _write(state: State, done: rule.Plan) -> None:
	"""The plan as documents of the framework."""
	if done.rights:
		setup_custom_perms(state.doctype)
	for level, rights in done.rights.items():
		_write_rights(state.doctype, level, rights)
	for (owner, fieldname), level in done.levels.items():
		if (owner, fieldname) in state.custom:
			document = frappe.get_doc("Custom Field", {"dt": owner, "fieldname": fieldname})
			document.permlevel = level
			# The API let administrators of the CRM in; they need no right to Custom Field for this one property.
			document.save(ignore_permissions=True)
		elif level == state.shipped[owner, fieldname]:
			for name in frappe.get_all("Property Setter", _setter(owner, fieldname), pluck="name"):
				# As above: the right to this page was checked by the API.
				frappe.delete_doc(
					"Property Setter", name, ignore_permissions=True, force=True, delete_permanently=True
				)
		else:
			make_property_setter(
				owner,
				fieldname,
				"permlevel",
				level,
				"Int",
				validate_fields_for_doctype=False,
				is_system_generated=False,
			)


def _setter(owner: str, fieldname: str) -> dict[str, str]:
	return {"doc_type": owner, "field_name": fieldname, "property": "permlevel"}


def _write_rights(doctype: str, level: int, rights: Iterable[Right]) -> None:
	wanted = {right.role: right for right in rights}
	there = frappe.get_all(
		"Custom DocPerm", filters={"parent": doctype, "permlevel": level}, fields=["name", "role"], limit=0
	)
	for row in there:
		right = wanted.pop(row.role, None)
		if right is None:
			# As below: the right to this page was checked by the API.
			frappe.delete_doc(
				"Custom DocPerm", row.name, ignore_permissions=True, force=True, delete_permanently=True
			)
			continue
		document = frappe.get_doc("Custom DocPerm", row.name)
		document.update({"read": int(right.read), "write": int(right.write), "if_owner": 0})
		# The API let administrators of the CRM in; the framework's page asks for System Manager.
		document.save(ignore_permissions=True)
	for right in wanted.values():
		document = frappe.new_doc("Custom DocPerm")
		document.update(
			{
				"parent": doctype,
				"parenttype": "DocType",
				"parentfield": "permissions",
				"role": right.role,
				"permlevel": level,
				"read": int(right.read),
				"write": int(right.write),
				"export": 0,
			}
		)
		document.insert(ignore_permissions=True)  # as above


def _note(doctype: str, sentences: Sequence[str]) -> None:
	"""Who changed what, in words, beside what the framework keeps of the documents."""
	frappe.get_doc(
		{
			"doctype": "Comment",
			"comment_type": "Info",
			"reference_doctype": "DocType",
			"reference_name": doctype,
			"content": "<br>".join(sentences),
		}
	).insert(ignore_permissions=True)  # a line in a log, not something that the user writes


def _forget(state: State, done: rule.Plan) -> None:
	"""What was kept of rights and lists as they were: now, and once others can read what is written."""
	owners = {owner for owner, _name in state.levels}
	_forget_list_settings(state.doctype, {name for _owner, name in done.levels})

	def clear() -> None:
		for owner in owners:
			frappe.clear_cache(doctype=owner)
		frappe.local.role_permissions = {}
		facts.forget()

	clear()
	frappe.db.after_commit.add(clear)


def _forget_list_settings(doctype: str, names: Iterable[str]) -> None:
	"""Lists that somebody left sorted or filtered by a field that may be hidden now would open with a refusal."""
	settings = frappe.qb.DocType("__UserSettings")
	rows = (
		frappe.qb.from_(settings)
		.select(settings.user, settings.data)
		.where(settings.doctype == doctype)
		.run()
	)
	for user, data in rows:
		if any(f'"{name}"' in (data or "") or f"`{name}`" in (data or "") for name in names):
			frappe.qb.from_(settings).delete().where(
				(settings.doctype == doctype) & (settings.user == user)
			).run()
	# Newer ones wait in the cache to be written.
	for key in frappe.cache.hkeys("_user_settings"):
		name = frappe.safe_decode(key)
		if name.startswith(f"{doctype}::"):
			frappe.cache.hdel("_user_settings", name)


def _word(access: Access, base: Access) -> str:
	if access >= base:
		return SHOW
	return READ_ONLY if access is Access.READ else HIDE


def _words() -> dict[str, str]:
	return {SHOW: _("Show"), READ_ONLY: _("Read Only"), HIDE: _("Hide")}


def _sentences(state: State, wish: rule.Wish) -> Iterator[str]:
	"""One sentence for each field and access that changes, names escaped."""
	labels = {(row["doctype"], row["fieldname"]): row for row in _rows(state.doctype, state)}
	groups: dict[tuple[Key, str], list[str]] = {}
	for (key, role), access in wish.items():
		groups.setdefault((key, _word(access, state.base[role])), []).append(role)
	for (key, word), roles in groups.items():
		row = labels[key]
		name = f"{row['table']} · {row['label']}" if row["table"] else row["label"]
		yield _sentence(word).format(
			frappe.bold(frappe.utils.escape_html(name)),
			", ".join(frappe.utils.escape_html(_(role)) for role in sorted(roles)),
		)


def _sentence(word: str) -> str:
	return {
		SHOW: _("{0} will be shown to {1}."),
		READ_ONLY: _("{0} will be read only for {1}."),
		HIDE: _("{0} will be hidden from {1}."),
	}[word]
