// Asks for a field that a workflow action needs, saves it, and then does the action; closing the question does nothing.
frappe.provide("skycrm");

// For `before_workflow_action`: the promise never settles, because the dialog takes the action's place.
skycrm.ask_before_workflow = (frm, { fieldname, fieldtype, label, title }) => {
	const action = frm.selected_workflow_action;
	// The page was frozen for the action; a dialog must be usable.
	frappe.dom.unfreeze();
	frm.selected_workflow_action = null;
	const dialog = new frappe.ui.Dialog({
		title,
		fields: [{ fieldname, fieldtype, label, reqd: 1 }],
		primary_action_label: __("Continue"),
		primary_action(values) {
			dialog.hide();
			frm.set_value(fieldname, values[fieldname])
				.then(() => frm.save())
				.then(() =>
					frappe.xcall("frappe.model.workflow.apply_workflow", { doc: frm.doc, action })
				)
				.then((doc) => {
					frappe.model.sync(doc);
					frm.refresh();
				});
		},
	});
	dialog.show();
	// A rejected one would be an error of the page that nobody has made.
	return new Promise(() => {});
};
