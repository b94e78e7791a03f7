"""What happens when the app comes onto a site; every step is idempotent, so migrate and patches run the same list."""

from skycrm.jobs import daily
from skycrm.setup import (
	custom_fields,
	defaults,
	desk,
	field_levels,
	fixtures,
	indexes,
	kanban,
	link_rights,
	module_profiles,
	roles,
	scoring_rules,
	web_forms,
	workflows,
)


def after_install() -> None:
	"""Called once by `install-app`, when DocTypes exist and before fixtures are loaded."""
	run_steps()


def after_sync() -> None:
	"""Called once by `install-app`, after fixtures are loaded."""
	scoring_rules.insert()
	fixtures.drop_deleted()
	desk.settle()
	web_forms.insert()


def before_migrate() -> None:
	"""Called before `bench migrate` changes anything."""
	fixtures.note_deletions()


def after_migrate() -> None:
	"""Called at the end of every `bench migrate`."""
	run_steps()
	fixtures.drop_deleted()
	desk.settle()
	web_forms.insert()


def run_steps() -> None:
	"""Bring what is missing. The order matters: workflows and profiles name roles, list filters name DocTypes."""
	custom_fields.create()
	roles.note_roles()
	roles.make_profiles()
	module_profiles.make_profiles()
	link_rights.grant()
	field_levels.bring()
	defaults.insert_all()
	indexes.create()
	workflows.load()
	kanban.ensure_kanban_boards()
	daily.start_identity_index()
	daily.start_lead_keys()
	daily.start_name_backs()
