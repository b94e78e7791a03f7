// An empty list says what belongs there and how to begin, rather than that nothing was found.
frappe.provide("skycrm.empty_state");

skycrm.empty_state.show = (listview, { title, hint }) => {
	if (listview.data?.length || !listview.$no_result) return;
	const by_hand = (listview.filter_area?.get() || []).filter(
		([, field, condition, value]) =>
			!(listview.settings.filters || []).some(
				(row) => row[0] === field && row[1] === condition && row[2] === value
			)
	);
	// With filters of the user's own the framework's words are the right ones.
	if (by_hand.length) return;
	const $text = listview.$no_result.find("p").first();
	$text.html(`<b>${title}</b><br><span class="text-muted">${hint}</span>`);
};
