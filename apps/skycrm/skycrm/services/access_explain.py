"""Why a user can or cannot see or change a record, in sentences with links, for administrators."""

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.permissions import get_role_permissions, has_user_permission
from frappe.utils import escape_html, get_link_to_form

from skycrm.domain.access import ROLES_SEEING_ALL, Default, Ground, Verdict, Why, verdict
from skycrm.permissions import rule
from skycrm.permissions.governed import GOVERNED
from skycrm.services.record_checks import refuse, shown

SETTINGS = "Sky CRM Settings"
# The kinds of access that are explained, in the order shown.
RIGHTS = ("read", "write", "delete", "share", "print", "export")
# What a share gives, by kind of access. Source: frappe/permissions.py, false_if_not_shared.
SHARE_FIELDS = {"read": "read", "write": "write", "share": "share", "print": "read"}


def explain(doctype: str, name: str, user: str) -> dict[str, Any]:
	"""What a user may do with a record and why. The caller answers for whoever asks being allowed to know.

	Args:
		doctype: one of permissions/governed.py.
		name: of a stored record.
		user: name of a User.

	Returns:
		`user`, `full_name`, `document` (a link), and `rights`: for each of RIGHTS its `right`, `label`, `allowed`, and
		`reasons`, sentences as HTML whose names are escaped and linked.

	Raises:
		frappe.ValidationError: access to this DocType follows roles alone.
		frappe.DoesNotExistError: no such record or user.
	"""
	if doctype not in GOVERNED:
		refuse(
			_("Access to {0} follows roles alone. Look at {1}.").format(
				shown(_(doctype)), _permissions(doctype)
			)
		)
	person = frappe.get_doc("User", user)
	doc = frappe.get_doc(doctype, name)
	return {
		"user": person.name,
		"full_name": person.full_name,
		"document": get_link_to_form(doctype, doc.name),
		"rights": [_right(doc, right, person) for right in RIGHTS],
	}


def _right(doc: Document, right: str, person: Document) -> dict[str, Any]:
	found = _verdict(doc, right, person.name)
	allowed = found.allowed and bool(person.enabled)
	reasons = [] if person.enabled else [_("{0} is disabled and cannot sign in.").format(_user(person.name))]
	return {
		"right": right,
		"label": _label(right),
		"allowed": allowed,
		"reasons": reasons + (_why_allowed if found.allowed else _why_not)(doc, right, person.name, found),
	}


def _verdict(doc: Document, right: str, user: str) -> Verdict:
	if user == "Administrator":
		return verdict([Ground(Why.SEES_ALL)], role_allows=True, limited=False, shared=False)
	is_owner = (doc.owner or "").lower() == user.lower()
	of_role = get_role_permissions(doc.meta, user=user, is_owner=is_owner)
	return verdict(
		rule.grounds(doc, right, user),
		role_allows=bool(of_role.get(right)),
		limited=not has_user_permission(doc, user, ptype=right),
		shared=_is_shared(doc, right, user),
	)


def _is_shared(doc: Document, right: str, user: str) -> bool:
	field = SHARE_FIELDS.get(right)
	if not field:
		return False
	return bool(
		frappe.get_all(
			"DocShare",
			filters={"share_doctype": doc.doctype, "share_name": doc.name, field: 1},
			or_filters={"user": user, "everyone": 1},
			limit=1,
		)
	)


def _why_allowed(doc: Document, right: str, user: str, found: Verdict) -> list[str]:
	reasons = []
	if not found.role_lacks and not found.limited:
		reasons = [_ground(doc, user, ground) for ground in found.grounds]
	if found.shared:
		reasons.append(_("The record is shared with {0} by hand.").format(_user(user)))
	return reasons


def _why_not(doc: Document, right: str, user: str, found: Verdict) -> list[str]:
	reasons = []
	if found.role_lacks:
		reasons.append(
			_("No role of {0} has the right {1} on {2}. See {3}, or give the user another role.").format(
				_user(user), frappe.bold(_label(right)), _(doc.doctype), _permissions(doc.doctype)
			)
		)
	if found.limited:
		link = f'<a href="/app/user-permission?user={escape_html(user)}">{_("User Permissions")}</a>'
		reasons.append(_("The {0} of {1} keep this record away.").format(link, _user(user)))
	if not found.grounds:
		reasons.append(_no_ground(doc, right, user))
	return reasons


def _no_ground(doc: Document, right: str, user: str) -> str:
	fields = GOVERNED[doc.doctype]
	responsible = doc.get(fields.responsible) if fields.responsible else None
	team = doc.get(fields.team) if fields.team else None
	whose = [_user(responsible)] if responsible else []
	whose += [_("team {0}").format(get_link_to_form("Sky Team", team))] if team else []
	default = rule.default_for(doc.doctype)
	return _(
		"The record belongs to {0}; {1} is neither of these people nor manages them, no sharing rule opens it for this right, and the default access is {2} ({3})."
	).format(", ".join(whose) or _("nobody yet"), _user(user), frappe.bold(_(default.value)), _settings())


def _ground(doc: Document, user: str, ground: Ground) -> str:
	"""One ground as a sentence."""
	who, through = _user(user), ground.through
	fields = GOVERNED[doc.doctype]
	if ground.why is Why.SEES_ALL:
		roles = sorted(ROLES_SEEING_ALL & set(frappe.get_roles(user))) or ["Administrator"]
		return _("{0} sees every record, by the role {1}.").format(who, ", ".join(_(role) for role in roles))
	if ground.why is Why.PUBLIC:
		return _("Everybody with the right role may: the default access is {0} ({1}).").format(
			frappe.bold(_(rule.default_for(doc.doctype).value)), _settings()
		)
	if ground.why is Why.OWNER:
		return _("{0} made the record.").format(who)
	if ground.why is Why.RESPONSIBLE:
		return _("{0} is responsible for the record: {1}.").format(
			who, frappe.bold(_(doc.meta.get_label(fields.responsible)))
		)
	if ground.why is Why.ASSIGNEE:
		return _("The record is assigned to {0}.").format(who)
	if ground.why is Why.DEPUTY_OF_PERSON:
		return _("{0} stands in for {1}, who is absent today.").format(who, _user(through))
	if ground.why is Why.POOL:
		return _("Nobody has the record yet, and whoever may take it sees it.")
	if ground.why is Why.SHARING_RULE:
		title = frappe.db.get_value("Sky Sharing Rule", through, "title") or through
		return _("The sharing rule {0} opens it.").format(
			get_link_to_form("Sky Sharing Rule", through, title)
		)
	team = get_link_to_form("Sky Team", through)
	if ground.why is Why.MANAGER:
		return _("The record belongs to team {0}, which {1} manages, or a team above it.").format(team, who)
	if ground.why is Why.DEPUTY_OF_MANAGER:
		return _(
			"{1} stands in for the manager of team {0}, or of a team above it, who is absent today."
		).format(team, who)
	return _("{1} is a member of team {0}, and the default access is {2}.").format(
		team, who, frappe.bold(_(Default.TEAM.value))
	)


def _label(right: str) -> str:
	return {
		"read": _("See", context="right"),
		"write": _("Change", context="right"),
		"delete": _("Delete", context="right"),
		"share": _("Share", context="right"),
		"print": _("Print", context="right"),
		"export": _("Export", context="right"),
	}[right]


def _user(user: str) -> str:
	full_name = frappe.get_cached_value("User", user, "full_name") if user else ""
	return get_link_to_form("User", user, escape_html(full_name or user))


def _permissions(doctype: str) -> str:
	return f'<a href="/app/permission-manager?doctype={escape_html(doctype)}">{_("Role Permissions Manager")}</a>'


def _settings() -> str:
	return f'<a href="/app/sky-crm-settings#access_defaults">{_(SETTINGS)}</a>'
