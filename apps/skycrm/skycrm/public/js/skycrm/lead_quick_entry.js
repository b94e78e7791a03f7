// Quick entry of a lead: five fields, and who it may be already.
frappe.provide("frappe.ui.form");

frappe.ui.form.SkyLeadQuickEntryForm = class SkyLeadQuickEntryForm extends (
	frappe.ui.form.QuickEntryForm
) {
	render_dialog() {
		super.render_dialog();
		const $hints = $("<div>").prependTo(this.dialog.body);
		const watcher = new skycrm.duplicate_hints.Watcher({
			get: (fieldname) => {
				const field = this.dialog.fields_dict[fieldname];
				return field ? field.$input?.val() || "" : "";
			},
			wrapper: $hints,
		});
		skycrm.duplicate_hints.FIELDS.forEach((fieldname) => {
			this.dialog.fields_dict[fieldname]?.$input?.on("input change", () => watcher.check());
		});
	}
};
