"""A new person of the CRM in one step: user, role profile, module profile and first page of the job, and the team.

For administrators of the CRM, who have no right to users. So it only makes users, never changes one, and it hands on no
role that the app does not give the job.
"""

import frappe
from frappe import _
from frappe.model.document import Document

from skycrm.domain.email_address import email_key
from skycrm.domain.jobs import JOBS, roles_to_refuse
from skycrm.services.record_checks import refuse, shown
from skycrm.setup.roles import PROFILES

LANGUAGES = ("vi", "en")
PLACES = ("Member", "Deputy", "Manager")


def jobs() -> list[str]:
	"""The jobs whose role profile is on this site, in our order."""
	there = set(frappe.get_all("Role Profile", filters={"name": ("in", list(JOBS))}, pluck="name"))
	return [job for job in JOBS if job in there]


def create(
	full_name: str, email: str, job: str, team: str | None, place: str, language: str, welcome: bool
) -> str:
	"""Make the user. The caller has been checked to be an administrator of the CRM.

	Args:
		full_name: family name first, as people here write it.
		email: becomes the name of the user.
		job: one of our role profiles.
		team: the Sky Team they join; none if empty.
		place: what they are in it, one of PLACES.
		language: of their desk, one of LANGUAGES.
		welcome: whether they get the mail with the link to choose a password.

	Returns:
		The user.

	Raises:
		frappe.ValidationError: names the field and the remedy.
		frappe.PermissionError: the job gives more than the caller may hand on, or the team is not theirs to change.
	"""
	name = email_key(email)
	_check_choices(job, place, language)
	_check_roles(job)
	joined = _team(team) if team else None
	# Administrator has a name that is no address.
	if frappe.db.exists("User", name) or frappe.db.exists("User", {"email": name}):
		refuse(
			_("{0} is a user of this site already. Ask a system manager to give them the job.").format(
				shown(name)
			),
			exc=frappe.DuplicateEntryError,
		)
	*first, last = full_name.split()
	user = frappe.get_doc(
		{
			"doctype": "User",
			"email": name,
			# Left empty, the framework makes one of the first name, and tells of each that is taken already.
			"username": name,
			"first_name": " ".join(first) or last,
			"last_name": last if first else "",
			"role_profile_name": job,
			"language": language,
			"send_welcome_email": int(welcome),
		}
	)
	# A new user with a job whose roles were checked above; administrators of the CRM have no right to other users.
	user.insert(ignore_permissions=True)
	if joined:
		joined.append("members", {"user": user.name, "role_in_team": place})
		joined.save()
	return user.name


def _check_choices(job: str, place: str, language: str) -> None:
	for value, known, label in (
		(job, jobs(), _("Job")),
		(place, PLACES, _("Role in Team")),
		(language, LANGUAGES, _("Language")),
	):
		if value not in known:
			refuse(
				_("{0} is {1}, which is not known. Choose one of: {2}.").format(
					frappe.bold(frappe.utils.escape_html(label)),
					shown(value),
					", ".join(_(choice) for choice in known),
				)
			)


def _check_roles(job: str) -> None:
	caller = frappe.get_roles()
	if "System Manager" in caller:
		return
	roles = frappe.get_all("Has Role", filters={"parenttype": "Role Profile", "parent": job}, pluck="role")
	if refused := roles_to_refuse(roles, PROFILES[job], caller):
		refuse(
			_(
				"{0} gives roles on this site that you may not hand on: {1}. Ask a system manager to make this user."
			).format(shown(_(job)), ", ".join(shown(_(role)) for role in refused)),
			exc=frappe.PermissionError,
		)


def _team(name: str) -> Document:
	if not frappe.db.exists("Sky Team", name):
		refuse(_("There is no team {0}. Choose one from the list.").format(shown(name)))
	team = frappe.get_doc("Sky Team", name)
	team.check_permission("write")
	return team
