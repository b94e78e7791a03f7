# Dotted paths only: no decision and no frappe call lives here.

app_name = "skycrm"
app_title = "SkyCRM"
app_publisher = "SkyCRM contributors"
app_description = "CRM for Frappe and ERPNext, made for selling in Vietnam"
app_email = "skycrm@example.com"
app_license = "gpl-3.0"
required_apps = ["erpnext"]
export_python_type_annotations = True

# Installation
# ------------
before_install = "skycrm.setup.version_check.check"
after_install = "skycrm.install.after_install"
after_sync = "skycrm.install.after_sync"
before_migrate = ["skycrm.setup.version_check.check", "skycrm.install.before_migrate"]
after_migrate = "skycrm.install.after_migrate"
before_uninstall = "skycrm.uninstall.before_uninstall"
after_uninstall = "skycrm.uninstall.after_uninstall"
after_app_install = "skycrm.setup.module_profiles.on_new_app"

# Static records: filtered, so that an export never picks up a site's own
# -----------------------------------------------------------------------
fixtures = [
	{
		"dt": "Role",
		"filters": [
			[
				"name",
				"in",
				[
					"Sky Sales User",
					"Sky Sales Manager",
					"Sky Marketing User",
					"Sky Marketing Manager",
					"Sky Support Agent",
					"Sky Support Manager",
					"Sky CRM Admin",
				],
			]
		],
	},
	{
		"dt": "Sky Lead Source",
		"filters": [
			[
				"name",
				"in",
				[
					"Website",
					"Phone Call",
					"Email",
					"Zalo",
					"Facebook",
					"Google Ads",
					"Referral",
					"Existing Customer",
					"Trade Fair",
					"Walk In",
					"Partner",
					"Cold Call",
					"Campaign",
					"Import",
				],
			]
		],
	},
	{
		"dt": "Sky Lost Reason",
		"filters": [
			[
				"name",
				"in",
				[
					"Price Too High",
					"Chose a Competitor",
					"No Budget",
					"No Decision",
					"Product Does Not Fit",
					"Delivery Too Slow",
					"No Answer",
					"Terms Not Accepted",
					"Duplicate",
					"Other",
				],
			]
		],
	},
]

# Permissions
# -----------
permission_query_conditions = {
	"File": "skycrm.permissions.hanging.query_conditions",
	"Tag Link": "skycrm.permissions.hanging.query_conditions",
	"Sky Assignment Log": "skycrm.permissions.through_record.query_conditions",
	"Sky Campaign Recipient": "skycrm.permissions.through_record.query_conditions",
	"Sky Claim": "skycrm.permissions.through_record.query_conditions",
	"Sky Form Submission": "skycrm.permissions.through_record.query_conditions",
	"Sky Campaign Send Window": "skycrm.permissions.rows.query_conditions",
	"Sky Lead Item": "skycrm.permissions.rows.query_conditions",
	"Sky Lead Merged Record": "skycrm.permissions.rows.query_conditions",
	"Sky Opportunity Competitor": "skycrm.permissions.rows.query_conditions",
	"Sky Opportunity Item": "skycrm.permissions.rows.query_conditions",
	"Sky Segment Exclusion": "skycrm.permissions.rows.query_conditions",
	"Sky Segment Filter": "skycrm.permissions.rows.query_conditions",
	"Sky Segment Member": "skycrm.permissions.rows.query_conditions",
	"Sky Campaign": "skycrm.permissions.governed_record.query_conditions",
	"Sky Issue": "skycrm.permissions.governed_record.query_conditions",
	"Sky Segment": "skycrm.permissions.governed_record.query_conditions",
	"Sky User Preference": "skycrm.permissions.sky_user_preference.query_conditions",
	"Sky Consent Record": "skycrm.permissions.sky_consent_record.query_conditions",
	"Sky Lead": "skycrm.permissions.governed_record.query_conditions",
	"Sky Lead Merge": "skycrm.permissions.sky_lead_merge.query_conditions",
	"Sky Lead Touch": "skycrm.permissions.through_record.query_conditions",
	"Sky Opportunity": "skycrm.permissions.governed_record.query_conditions",
	"Prepared Report": "skycrm.permissions.stored_reports.query_conditions",
	"Workflow": "skycrm.permissions.workflow.query_conditions",
}
has_permission = {
	"Sky Assignment Log": "skycrm.permissions.through_record.has_permission",
	"Sky Campaign Recipient": "skycrm.permissions.through_record.has_permission",
	"Sky Claim": "skycrm.permissions.through_record.has_permission",
	"Sky Form Submission": "skycrm.permissions.through_record.has_permission",
	"Sky Campaign": "skycrm.permissions.governed_record.has_permission",
	"Sky Issue": "skycrm.permissions.governed_record.has_permission",
	"Sky Segment": "skycrm.permissions.governed_record.has_permission",
	"Sky User Preference": "skycrm.permissions.sky_user_preference.has_permission",
	"Sky Consent Record": "skycrm.permissions.sky_consent_record.has_permission",
	"Sky Lead": "skycrm.permissions.governed_record.has_permission",
	"Sky Lead Merge": "skycrm.permissions.sky_lead_merge.has_permission",
	"Sky Lead Touch": "skycrm.permissions.through_record.has_permission",
	"Sky Opportunity": "skycrm.permissions.governed_record.has_permission",
	"Dashboard Chart": "skycrm.permissions.widgets.has_permission",
	"Number Card": "skycrm.permissions.widgets.has_permission",
	"Prepared Report": "skycrm.permissions.stored_reports.has_permission",
	"Workflow": "skycrm.permissions.workflow.has_permission",
}

# Before a request is answered
# ---------------------------
auth_hooks = [
	"skycrm.overrides.called_method.refuse_other_names",
	"skycrm.overrides.named_records.refuse_unseen",
	# Queries of our document types: names of fields only, and none that is hidden from who asks
	"skycrm.overrides.query_guard.check_request",
]

# What stands in the timeline of a form besides comments and mails
# ---------------------------------------------------------------
additional_timeline_content = {
	"Sky Lead": ["skycrm.services.lead_touches.timeline", "skycrm.services.assignment_timeline.content"]
}

# What a link field offers while somebody types
# ---------------------------------------------
standard_queries = {"Sky Lead": "skycrm.services.link_search.search_leads"}

# Records that do not keep others from being deleted: the ledger of conversions only looks back
ignore_links_on_delete = [
	"Sky Lead Conversion",
	"Sky Lead Import Row",
	"Sky Inbound Event",
	"Sky Assignment Log",
	"Sky Assignment Turn",
	"Sky Claim",
	"Sky Lead Merge",
	"Sky Consent Record",
	"Sky Lead Key",
	"Sky Lead Touch",
	"Sky Reminder",
	"Sky User Preference",
	"Sky Personal Data Request",
]

# Controllers of ERPNext that stumble over our DocTypes, and of the framework where it has no event
# ------------------------------------------------------------------------------------------------
override_doctype_class = {
	"SMS Center": "skycrm.integrations.erpnext.sms_center.SkySMSCenter",
	"Service Level Agreement": "skycrm.integrations.erpnext.service_level_agreement.SkyServiceLevelAgreement",
	"Auto Email Report": "skycrm.overrides.auto_email_report.SkyAutoEmailReport",
	"Customize Form": "skycrm.overrides.role_permissions.SkyCustomizeForm",
	"Email Account": "skycrm.overrides.email_account.SkyEmailAccount",
	"Email Queue": "skycrm.overrides.email_queue.SkyEmailQueue",
	"Email Queue Recipient": "skycrm.overrides.email_queue.SkyEmailQueueRecipient",
	"File": "skycrm.overrides.file.SkyFile",
	"Report": "skycrm.overrides.report.SkyReport",
	"Scheduled Job Type": "skycrm.overrides.scheduled_job_type.SkyScheduledJobType",
}

# Methods of the framework: looking up asks who may see, sending asks for refusals first, downloads of spreadsheets are
# guarded against formulas
# --------------------------------------------------------------------------------------------------------------------
override_whitelisted_methods = {
	"frappe.client.validate_link": "skycrm.overrides.reading.validate_link",
	"frappe.desk.doctype.notification_log.notification_log.get_notification_logs": "skycrm.overrides.shown_markup.get_notification_logs",
	"frappe.desk.form.load.get_communications": "skycrm.overrides.shown_markup.get_communications",
	"frappe.desk.doctype.tag.tag.get_documents_for_tag": "skycrm.overrides.reading.get_documents_for_tag",
	"frappe.desk.doctype.tag.tag.get_tagged_docs": "skycrm.overrides.reading.get_tagged_docs",
	"frappe.desk.doctype.dashboard_chart.dashboard_chart.get": "skycrm.overrides.reading.chart",
	"frappe.utils.global_search.search": "skycrm.overrides.reading.global_search",
	"frappe.desk.search.get_link_title": "skycrm.overrides.reading.get_link_title",
	"frappe.desk.search.search_link": "skycrm.overrides.reading.search_link",
	"frappe.desk.search.search_widget": "skycrm.overrides.reading.search_widget",
	"frappe.realtime.can_subscribe_doctype": "skycrm.overrides.realtime.can_subscribe_doctype",
	"frappe.desk.like.toggle_like": "skycrm.overrides.liking.toggle_like",
	"frappe.desk.form.assign_to.add": "skycrm.overrides.assigning.add",
	"frappe.desk.form.assign_to.add_multiple": "skycrm.overrides.assigning.add_multiple",
	"frappe.core.doctype.sms_settings.sms_settings.send_sms": "skycrm.api.v1.consent.send_sms",
	"frappe.desk.reportview.export_query": "skycrm.overrides.exports.export_list",
	"frappe.desk.query_report.run": "skycrm.overrides.query_report.run",
	"frappe.desk.query_report.export_query": "skycrm.overrides.exports.export_report",
	"frappe.core.doctype.data_export.exporter.export_data": "skycrm.overrides.exports.export_data",
	"frappe.core.doctype.data_import.data_import.download_template": "skycrm.overrides.exports.download_template",
	"frappe.core.doctype.data_import.data_import.download_errored_template": "skycrm.overrides.exports.download_errored_template",
	"frappe.core.doctype.data_import.data_import.download_import_log": "skycrm.overrides.exports.download_import_log",
	"frappe.core.doctype.prepared_report.prepared_report.enqueue_json_to_csv_conversion": "skycrm.overrides.exports.convert_prepared_report",
	"frappe.core.doctype.prepared_report.prepared_report.download_attachment": "skycrm.overrides.exports.download_prepared_report",
	"frappe.core.page.permission_manager.permission_manager.add": "skycrm.overrides.role_permissions.add",
	"frappe.core.page.permission_manager.permission_manager.update": "skycrm.overrides.role_permissions.update",
	"frappe.core.page.permission_manager.permission_manager.remove": "skycrm.overrides.role_permissions.remove",
	"frappe.core.page.permission_manager.permission_manager.reset": "skycrm.overrides.role_permissions.reset",
}

# Every DocType of ours that is no row of another and no line of the audit log: a new one is named here, once.
# (No hook: the framework passes over names that begin with an underscore.)
_RECORDS = (
	"Sky Absence",
	"Sky Assignment Log",
	"Sky Assignment Rule",
	"Sky Assignment Turn",
	"Sky Campaign",
	"Sky Campaign Recipient",
	"Sky Claim",
	"Sky Consent Record",
	"Sky CRM Settings",
	"Sky Customer Tier",
	"Sky Data Repair",
	"Sky Form Submission",
	"Sky Idempotency Key",
	"Sky Identity Key",
	"Sky Import Mapping",
	"Sky Inbound Event",
	"Sky Inbound Webhook",
	"Sky Issue",
	"Sky Lead",
	"Sky Lead Conversion",
	"Sky Lead Import",
	"Sky Lead Import Row",
	"Sky Lead Key",
	"Sky Lead Merge",
	"Sky Lead Source",
	"Sky Lead Touch",
	"Sky Lost Reason",
	"Sky Opportunity",
	"Sky Personal Data Request",
	"Sky Price List",
	"Sky Reminder",
	"Sky Sales Stage",
	"Sky Score Run",
	"Sky Score Suggestion",
	"Sky Scoring Rule",
	"Sky Segment",
	"Sky Sharing Rule",
	"Sky Shipped Record",
	"Sky Suppression",
	"Sky Team",
	"Sky User Preference",
	"Sky Web Form",
)

# Document events on ERPNext's and frappe's records
# -------------------------------------------------
doc_events = {
	"*": {"before_print": "skycrm.overrides.printing.before_print"},
	# What a request may not carry, and markup that the framework stores as it came. Every DocType of ours that is no row
	(*_RECORDS, "Sky Audit Log"): {
		"before_validate": "skycrm.services.protected_values.keep",
		"validate": "skycrm.services.stored_markup.clean",
		"onload": "skycrm.services.stored_markup.clean_shown",
		"before_print": "skycrm.services.stored_markup.clean_printed",
	},
	# Lists that are open in a desk
	("Sky Campaign", "Sky Issue", "Sky Lead", "Sky Opportunity", "Sky Segment"): {
		"on_change": "skycrm.services.list_updates.tell",
		"after_delete": "skycrm.services.list_updates.tell",
	},
	("Comment", "Communication", "ToDo", "File", "Notification Log"): {
		"validate": "skycrm.services.stored_markup.clean_attached",
	},
	"ToDo": {"validate": "skycrm.services.assignment_right.check_task"},
	"File": {"validate": "skycrm.services.attachment_right.check_file"},
	"Role": {"before_import": "skycrm.setup.fixtures.keep_site_values"},
	"Workspace": {"before_import": "skycrm.setup.desk.before_import"},
	"Number Card": {"before_import": "skycrm.setup.desk.before_import"},
	"Dashboard Chart": {"before_import": "skycrm.setup.desk.before_import"},
	"Dashboard": {"before_import": "skycrm.setup.desk.before_import"},
	"User": {"before_validate": "skycrm.overrides.user.before_validate"},
	"Sky Lead Source": {"before_import": "skycrm.setup.fixtures.keep_site_values"},
	"Sky Lost Reason": {"before_import": "skycrm.setup.fixtures.keep_site_values"},
	"Sky Sales Stage": {
		"after_insert": "skycrm.setup.kanban.on_new_stage",
		"after_rename": "skycrm.setup.kanban.on_renamed_stage",
	},
	"Email Queue": {
		"before_insert": "skycrm.overrides.email_queue.before_insert",
		"after_insert": "skycrm.overrides.audit.on_mail_queued",
	},
	"Data Import": {"before_validate": "skycrm.overrides.data_import.before_validate"},
	"Contact": {
		"validate": "skycrm.overrides.contact.validate",
		"on_update": "skycrm.overrides.contact.on_update",
		"on_trash": "skycrm.overrides.contact.on_trash",
		"after_rename": "skycrm.overrides.contact.after_rename",
	},
	"Customer": {
		"on_update": "skycrm.integrations.erpnext.events.customer.on_update",
		"on_trash": "skycrm.integrations.erpnext.events.customer.on_trash",
		"after_rename": "skycrm.integrations.erpnext.events.customer.after_rename",
	},
	"Quotation": {
		"before_validate": "skycrm.integrations.erpnext.events.quotation.before_validate",
		"validate": "skycrm.integrations.erpnext.events.quotation.validate",
		"on_submit": "skycrm.integrations.erpnext.events.quotation.on_submit",
		"on_change": "skycrm.integrations.erpnext.events.quotation.on_change",
		"on_update_after_submit": "skycrm.integrations.erpnext.events.quotation.on_update_after_submit",
	},
	"Sales Order": {
		"before_validate": "skycrm.integrations.erpnext.events.sales_order.before_validate",
		"validate": "skycrm.integrations.erpnext.events.sales_order.validate",
		"on_submit": "skycrm.integrations.erpnext.events.sales_order.on_submit",
		"on_cancel": "skycrm.integrations.erpnext.events.sales_order.on_cancel",
	},
	"Delivery Note": {
		"before_validate": "skycrm.integrations.erpnext.events.delivery_note.before_validate",
		"validate": "skycrm.integrations.erpnext.events.delivery_note.validate",
	},
	"Sales Invoice": {
		"before_validate": "skycrm.integrations.erpnext.events.sales_invoice.before_validate",
		"validate": "skycrm.integrations.erpnext.events.sales_invoice.validate",
		"on_submit": "skycrm.integrations.erpnext.events.sales_invoice.on_submit",
		"on_cancel": "skycrm.integrations.erpnext.events.sales_invoice.on_cancel",
	},
	# The audit log: whatever is saved, deleted and printed of the CRM. Nobody can do that with its own lines
	_RECORDS: {
		"on_update": "skycrm.overrides.audit.on_saved",
		"after_delete": "skycrm.overrides.audit.after_delete",
		"before_print": "skycrm.overrides.audit.before_print",
	},
	# The audit log: who may do what
	(
		"Role",
		"User",
		"Role Profile",
		"Module Profile",
		"User Permission",
		"Custom Role",
		"Workflow",
		"Sky Team",
		"Sky Absence",
		"Sky Sharing Rule",
		"Sky CRM Settings",
	): {
		"on_update": "skycrm.overrides.audit.on_rights_saved",
		"after_delete": "skycrm.overrides.audit.after_rights_deleted",
	},
	"Custom DocPerm": {
		"after_insert": "skycrm.overrides.custom_docperm.after_insert",
		"on_update": [
			"skycrm.overrides.custom_docperm.on_update",
			"skycrm.overrides.audit.on_permission_saved",
		],
		"after_delete": "skycrm.overrides.audit.after_permission_deleted",
	},
	"Property Setter": {
		"before_insert": "skycrm.overrides.audit.before_property_made",
		"on_update": "skycrm.overrides.audit.on_property_saved",
		"after_delete": "skycrm.overrides.audit.after_property_deleted",
	},
	"DocShare": {
		"on_update": "skycrm.overrides.audit.on_shared",
		"after_delete": "skycrm.overrides.audit.after_unshared",
	},
	"Activity Log": {"after_insert": "skycrm.overrides.audit.on_activity"},
}

# Jobs
# ----
before_job = ["skycrm.jobs.same_user.before_job"]
after_job = ["skycrm.jobs.same_user.after_job"]
scheduler_events = {
	"hourly": ["skycrm.jobs.personal_data.restart_waiting", "skycrm.jobs.web_forms.hourly"],
	"cron": {
		"*/15 * * * *": ["skycrm.jobs.claims.sweep", "skycrm.jobs.scoring.refresh_recent"],
		"*/5 * * * *": [
			"skycrm.jobs.assignment.assign_waiting",
			"skycrm.jobs.lead_import.restart_dead_runs",
			"skycrm.jobs.data_repair.restart_stalled",
			"skycrm.jobs.reminders.every_few_minutes",
		],
	},
	"daily": [
		"skycrm.jobs.daily.delete_expired_idempotency_keys",
		"skycrm.jobs.daily.delete_expired_inbound_events",
		"skycrm.jobs.reminders.delete_old",
	],
	"daily_long": [
		"skycrm.jobs.scoring.recompute_daily",
		"skycrm.jobs.merge.collect_recent",
		"skycrm.jobs.daily.fill_identity_index",
		"skycrm.jobs.daily.fill_lead_keys",
	],
}

# Days that lines of the audit log stay; Log Settings may say more, and not less than domain/audit.py
default_log_clearing_doctypes = {"Sky Audit Log": 730}

# ERPNext's forms: what of SkyCRM hangs on them
# ---------------------------------------------
override_doctype_dashboards = {
	"Customer": "skycrm.integrations.erpnext.dashboards.customer",
	"Quotation": "skycrm.integrations.erpnext.dashboards.sales_document",
	"Sales Order": "skycrm.integrations.erpnext.dashboards.sales_document",
	"Delivery Note": "skycrm.integrations.erpnext.dashboards.sales_document",
	"Sales Invoice": "skycrm.integrations.erpnext.dashboards.sales_document",
	"Purchase Order": "skycrm.integrations.erpnext.dashboards.sales_document",
}

# Web forms: their pages, and other web sites that may use them
# -------------------------------------------------------------
page_renderer = ["skycrm.overrides.form_pages.FormPage"]
after_request = [
	"skycrm.overrides.form_cors.after_request",
	"skycrm.overrides.audit_views.after_request",
	"skycrm.overrides.query_guard.strip_answer",
]

# Print formats
# -------------
jinja = {
	"methods": [
		"skycrm.jinja.sky_print_view",
		"skycrm.jinja.sky_amount_in_words",
		"skycrm.jinja.sky_money",
	],
}

# Desk
# ----
extend_bootinfo = "skycrm.overrides.boot.extend_bootinfo"
app_include_js = [
	"/assets/skycrm/js/skycrm/values.js",
	"/assets/skycrm/js/skycrm/reminders.js",
	"/assets/skycrm/js/skycrm/csv_guard.js",
]
app_include_css = ["/assets/skycrm/css/reminders.css"]
doctype_js = {
	"Quotation": "public/js/erpnext/chain.js",
	"Sales Order": "public/js/erpnext/chain.js",
	"Delivery Note": "public/js/erpnext/chain.js",
	"Sales Invoice": "public/js/erpnext/chain.js",
	"Purchase Order": "public/js/erpnext/chain.js",
	"Customer": "public/js/erpnext/customer.js",
	"Contact": "public/js/skycrm/consent.js",
	"Sky Assignment Rule": ["public/js/filter_fields.js", "public/js/skycrm/assignment_answer.js"],
	"Sky Lead": [
		"public/js/skycrm/outcomes.js",
		"public/js/skycrm/unqualify.js",
		"public/js/skycrm/duplicate_hints.js",
		"public/js/skycrm/lead_conversion.js",
		"public/js/skycrm/lead_merge.js",
		"public/js/skycrm/assignment_answer.js",
		"public/js/skycrm/lead_pool.js",
		"public/js/skycrm/lead_score.js",
		"public/js/skycrm/consent.js",
		"public/js/skycrm/access_documents.js",
		"public/js/skycrm/access_explain.js",
	],
	"Sky Lead Merge": "public/js/skycrm/lead_merge.js",
	"Sky Opportunity": [
		"public/js/skycrm/outcomes.js",
		"public/js/skycrm/stage_move.js",
		"public/js/skycrm/opportunity_documents.js",
		"public/js/skycrm/access_documents.js",
		"public/js/skycrm/access_explain.js",
	],
	"Sky CRM Settings": ["public/js/skycrm/access_documents.js", "public/js/skycrm/site_health.js"],
	"System Health Report": "public/js/skycrm/site_health.js",
	"Sky Segment": [
		"public/js/filter_fields.js",
		"public/js/skycrm/access_documents.js",
		"public/js/skycrm/access_explain.js",
	],
	"Sky Team": "public/js/skycrm/new_person.js",
	"Sky Sharing Rule": ["public/js/filter_fields.js", "public/js/skycrm/access_documents.js"],
	"Sky Campaign": [
		"public/js/ask_before_workflow.js",
		"public/js/skycrm/access_documents.js",
		"public/js/skycrm/access_explain.js",
	],
	"Sky Issue": [
		"public/js/ask_before_workflow.js",
		"public/js/skycrm/access_documents.js",
		"public/js/skycrm/access_explain.js",
	],
}
doctype_list_js = {
	"Sky Team": "public/js/skycrm/new_person.js",
	"User": "public/js/skycrm/new_person.js",
	"Sky Lead": [
		"public/js/skycrm/outcomes.js",
		"public/js/skycrm/unqualify.js",
		"public/js/skycrm/convert_many.js",
		"public/js/skycrm/lead_merge.js",
		"public/js/skycrm/lead_pool_list.js",
		"public/js/skycrm/kanban_totals.js",
		"public/js/skycrm/empty_state.js",
		"public/js/skycrm/duplicate_hints.js",
		"public/js/skycrm/lead_quick_entry.js",
		"public/js/skycrm/lead_search.js",
	],
	"Sky Opportunity": [
		"public/js/skycrm/outcomes.js",
		"public/js/skycrm/stage_move.js",
		"public/js/skycrm/kanban_lost.js",
		"public/js/skycrm/kanban_totals.js",
		"public/js/skycrm/empty_state.js",
	],
}
