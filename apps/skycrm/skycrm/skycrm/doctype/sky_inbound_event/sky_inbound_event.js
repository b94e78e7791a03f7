frappe.ui.form.on("Sky Inbound Event", {
	refresh(frm) {
		frm.disable_save();
		if (frm.doc.outcome !== "Failed") return;
		frm.add_custom_button(__("Try Again"), async () => {
			await frappe.call({
				method: "skycrm.api.v1.webhooks.retry",
				args: { events: [frm.doc.name] },
				freeze: true,
			});
			frm.reload_doc();
		});
	},
});
