// Asks for a field that a workflow action needs, saves it, and lets the action go on; closing the question stops it.
frappe.provide("skycrm");

skycrm.ask_before_workflow = (frm, { fieldname, fieldtype, label, title }) =>
	new Promise((resolve, reject) => {
		// The framework freezes the page before an action; a dialog must be usable.
		frappe.dom.unfreeze();
		let answered = false;
		const dialog = new frappe.ui.Dialog({
			title,
			fields: [{ fieldname, fieldtype, label, reqd: 1 }],
			primary_action_label: __("Continue"),
			primary_action(values) {
				answered = true;
				dialog.hide();
				frappe.dom.freeze();
				frm.set_value(fieldname, values[fieldname])
					.then(() => frm.save())
					.then(resolve)
					.catch((error) => {
						frappe.dom.unfreeze();
						reject(error);
					});
			},
		});
		dialog.onhide = () => {
			if (!answered) {
				frm.selected_workflow_action = null;
				reject();
			}
		};
		dialog.show();
	});
