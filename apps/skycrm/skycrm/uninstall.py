"""What `uninstall-app` must take away beyond the records that the framework finds by module."""

from skycrm.setup import custom_fields


def before_uninstall() -> None:
	"""Called before the framework deletes the app's own records."""
	custom_fields.remove()
