frappe.listview_settings["Sky Inbound Event"] = {
	add_fields: ["outcome"],
	// A hash: nobody looks for it.
	hide_name_column: true,
	get_indicator(doc) {
		const colors = { Made: "green", Attached: "blue", Refused: "orange", Failed: "red" };
		return [__(doc.outcome), colors[doc.outcome] || "gray", `outcome,=,${doc.outcome}`];
	},
	onload(listview) {
		listview.page.add_action_item(__("Try Again"), async () => {
			const { message } = await frappe.call({
				method: "skycrm.api.v1.webhooks.retry",
				args: { events: listview.get_checked_items(true) },
				freeze: true,
			});
			frappe.show_alert({
				message: __("{0} taken in, {1} still failed", [message.done, message.failed]),
				indicator: message.failed ? "orange" : "green",
			});
			listview.refresh();
		});
	},
};
