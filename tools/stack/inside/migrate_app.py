"""Migrate one app on a site: patches, DocTypes, fixtures, hooks. For test sites, where seconds count.

Runs with the bench's Python in the sites folder: migrate_app.py <site> <app>
`bench migrate` does the same for every app; the tests of installing use that one.
"""

import sys

import frappe


def main(site: str, app: str) -> None:
	"""Bring the site's records up to the app's files."""
	frappe.init(site=site)
	frappe.connect()
	try:
		frappe.set_user("Administrator")
		frappe.clear_cache()
		migrate(app)
		frappe.db.commit()  # a script has no request that commits for it
		frappe.clear_cache()
	finally:
		frappe.destroy()


def migrate(app: str) -> None:
	"""Do what `frappe.migrate.SiteMigration` does, for one app."""
	from frappe.core.doctype.scheduled_job_type.scheduled_job_type import sync_jobs
	from frappe.model.sync import remove_orphan_doctypes, sync_for
	from frappe.modules import patch_handler
	from frappe.modules.utils import sync_customizations
	from frappe.utils.dashboard import sync_dashboards
	from frappe.utils.fixtures import sync_fixtures

	frappe.flags.in_migrate = True
	frappe.flags.touched_tables = set()
	for hook in frappe.get_hooks("before_migrate", app_name=app):
		frappe.get_attr(hook)()
	patch_handler.run_all(patch_type=patch_handler.PatchType.pre_model_sync)
	sync_for(app)
	patch_handler.run_all(patch_type=patch_handler.PatchType.post_model_sync)
	sync_jobs()
	sync_fixtures(app)
	sync_dashboards(app)
	sync_customizations(app)
	remove_orphan_doctypes()
	for hook in frappe.get_hooks("after_migrate", app_name=app):
		frappe.get_attr(hook)()
	frappe.flags.in_migrate = False


if __name__ == "__main__":
	main(sys.argv[1], sys.argv[2])
