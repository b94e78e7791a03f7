// What became of each record of a bulk action: a short word when all went well, a table of the others when not.
frappe.provide("skycrm.outcomes");

skycrm.outcomes.show = (doctype, outcomes) => {
	const refused = outcomes.filter((outcome) => !outcome.done);
	const done = outcomes.length - refused.length;
	if (!refused.length) {
		frappe.show_alert({
			message: __("{0} records were changed.", [done]),
			indicator: "green",
		});
		return;
	}
	const rows = refused
		.map(
			(outcome) => `<tr>
				<td><a href="${frappe.utils.get_form_link(doctype, outcome.name)}" target="_blank">
					${frappe.utils.escape_html(outcome.title)}</a></td>
				<td>${frappe.utils.escape_html(outcome.message)}</td>
			</tr>`
		)
		.join("");
	frappe.msgprint({
		title: __("{0} changed, {1} not", [done, refused.length]),
		indicator: "orange",
		wide: true,
		message: `<table class="table table-sm">
			<thead><tr><th>${__("Record")}</th><th>${__("Why it was not changed")}</th></tr></thead>
			<tbody>${rows}</tbody>
		</table>`,
	});
};

// A list that was filled a moment ago takes the same question for a repetition and does not ask again; but the records
// have just been changed.
skycrm.outcomes.refresh = (listview) => {
	listview.last_args = null;
	listview.refresh();
};

// Call a bulk method for the selected rows; many of them are changed in the background, with progress.
skycrm.outcomes.run = async (listview, method, args) => {
	const answer = await frappe.xcall(method, args);
	if (answer.queued) {
		frappe.show_alert({
			message: __(
				"The records are changed in the background. You are told when it is done."
			),
			indicator: "blue",
		});
	} else {
		skycrm.outcomes.show(listview.doctype, answer.outcomes);
	}
	listview.clear_checked_items();
	skycrm.outcomes.refresh(listview);
};

if (!skycrm.outcomes.listening) {
	skycrm.outcomes.listening = true;
	frappe.realtime.on("skycrm_bulk_done", (data) => {
		skycrm.outcomes.show(data.doctype, data.outcomes);
		if (window.cur_list && cur_list.doctype === data.doctype) {
			skycrm.outcomes.refresh(cur_list);
		}
	});
}
