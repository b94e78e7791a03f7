// The pool in the list of leads: leads without owner at a click, claimed or given out many at once.
frappe.provide("skycrm.lead_pool");

skycrm.lead_pool.offer = (listview) => {
	listview.page.add_inner_button(__("Pool"), () => skycrm.lead_pool.show_pool(listview));
	listview.page.add_actions_menu_item(
		__("Claim"),
		() =>
			skycrm.outcomes.run(listview, "skycrm.api.v1.assignment.claim_selected", {
				leads: listview.get_checked_items(true),
			}),
		false
	);
	const managers = ["Sky Sales Manager", "Sky CRM Admin", "System Manager"];
	if (frappe.user.has_role(managers)) {
		listview.page.add_actions_menu_item(
			__("Give Out by the Rules"),
			() =>
				skycrm.outcomes.run(listview, "skycrm.api.v1.assignment.assign_many", {
					leads: listview.get_checked_items(true),
				}),
			false
		);
	}
};

skycrm.lead_pool.show_pool = async (listview) => {
	await listview.filter_area.clear(false);
	await listview.filter_area.add([
		[listview.doctype, "lead_owner", "is", "not set"],
		[listview.doctype, "status", "not in", ["Converted", "Unqualified"]],
	]);
};
