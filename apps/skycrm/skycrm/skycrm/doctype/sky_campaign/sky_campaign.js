frappe.ui.form.on("Sky Campaign", {
	setup(frm) {
		frm.set_query("segment", () => ({ filters: { disabled: 0 } }));
		frm.set_query("sender", () => ({ filters: { enable_outgoing: 1 } }));
	},
	refresh(frm) {
		if (["Email", "SMS", "Zalo"].includes(frm.doc.channel)) {
			frm.set_intro(
				__(
					"This campaign can be planned and approved here. Messages are not sent from SkyCRM in this version."
				),
				"orange"
			);
		}
	},
	email_template(frm) {
		if (!frm.doc.email_template || frm.doc.content) return;
		// Only fills what is empty: a text that somebody has written is never replaced.
		frappe.db.get_doc("Email Template", frm.doc.email_template).then((template) => {
			if (!frm.doc.subject) frm.set_value("subject", template.subject);
			frm.set_value(
				"content",
				template.use_html ? template.response_html : template.response
			);
		});
	},
	before_workflow_action(frm) {
		if (frm.selected_workflow_action !== "Pause" || frm.doc.pause_reason) return;
		return skycrm.ask_before_workflow(frm, {
			fieldname: "pause_reason",
			fieldtype: "Small Text",
			label: __("Pause Reason"),
			title: __("Why is the campaign paused?"),
		});
	},
});
