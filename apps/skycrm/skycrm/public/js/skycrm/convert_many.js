// Converting several leads of the list, each as the preview of its own form would propose.
frappe.provide("skycrm");

skycrm.convert_many = (listview) => {
	const leads = listview.get_checked_items(true);
	frappe.confirm(
		__(
			"Convert {0} leads into customers, each with an opportunity? Customers known already are used again.",
			[leads.length]
		),
		async () => {
			const answer = await frappe.xcall("skycrm.api.v1.leads.convert_many", { leads });
			const titles = Object.fromEntries(
				listview.data.map((row) => [row.name, row.lead_name])
			);
			skycrm.outcomes.show(
				listview.doctype,
				answer.map((row) => ({
					name: row.lead,
					title: titles[row.lead] || row.lead,
					done: row.converted,
					message: row.error,
				}))
			);
			listview.clear_checked_items();
			skycrm.outcomes.refresh(listview);
		}
	);
};
