"""What happens when the app comes onto a site; every step is idempotent, so migrate runs the same list."""

from skycrm.setup import custom_fields


def after_install() -> None:
	"""Called once by `install-app`, when DocTypes exist and before fixtures are loaded."""
	custom_fields.create()


def after_migrate() -> None:
	"""Called at the end of every `bench migrate`."""
	custom_fields.create()
