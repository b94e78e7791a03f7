// Giving leads up: always with the reason, for one lead in its form or for many in the list.
frappe.provide("skycrm.unqualify");

skycrm.unqualify.METHOD = "skycrm.api.v1.bulk.mark_unqualified";

// Common reasons are one click, anything else can be typed.
skycrm.unqualify.reasons = () => [
	__("Not interested"),
	__("No budget"),
	__("Cannot be reached"),
	__("Wrong contact details"),
	__("Bought from somebody else"),
	__("Not our kind of customer"),
];

skycrm.unqualify.ask = (title) =>
	new Promise((resolve) => {
		const dialog = new frappe.ui.Dialog({
			title,
			fields: [
				{
					fieldname: "reason",
					fieldtype: "Autocomplete",
					label: __("Reason"),
					options: skycrm.unqualify.reasons(),
					ignore_validation: true,
					reqd: 1,
					description: __("Choose one, or write your own"),
				},
			],
			primary_action_label: __("Mark Unqualified"),
			primary_action({ reason }) {
				dialog.hide();
				resolve(reason);
			},
		});
		dialog.show();
	});

skycrm.unqualify.one = async (frm) => {
	const reason = await skycrm.unqualify.ask(
		__("Why is {0} given up?", [frappe.utils.escape_html(frm.doc.lead_name || frm.doc.name)])
	);
	const answer = await frappe.xcall(skycrm.unqualify.METHOD, { leads: [frm.doc.name], reason });
	skycrm.outcomes.show(frm.doctype, answer.outcomes);
	frm.reload_doc();
};

skycrm.unqualify.many = async (listview) => {
	const leads = listview.get_checked_items(true);
	const reason = await skycrm.unqualify.ask(__("Why are {0} leads given up?", [leads.length]));
	await skycrm.outcomes.run(listview, skycrm.unqualify.METHOD, { leads, reason });
};
