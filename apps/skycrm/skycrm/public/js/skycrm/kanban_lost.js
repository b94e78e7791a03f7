// A card dropped on a stage of type Lost is refused for want of its reason: ask for the reason, then move the card.
frappe.provide("skycrm.kanban_lost");

skycrm.kanban_lost.MOVE = "update_order_for_single_card";
// A dialog that still fades in cannot be closed: try again until it is gone, but not for ever.
skycrm.kanban_lost.WAIT_MS = 200;
skycrm.kanban_lost.TRIES = 15;

skycrm.kanban_lost.listen = () => {
	if (skycrm.kanban_lost.listening) return;
	skycrm.kanban_lost.listening = true;
	$(document).on("ajaxError", (_event, xhr, settings) => {
		const listview = window.cur_list;
		const sent = new URLSearchParams(typeof settings.data === "string" ? settings.data : "");
		const method = `${settings.url || ""} ${sent.get("cmd") || ""}`;
		if (
			listview?.doctype !== "Sky Opportunity" ||
			!method.includes(skycrm.kanban_lost.MOVE) ||
			xhr.responseJSON?.exc_type !== "ReasonMissingError"
		) {
			return;
		}
		skycrm.kanban_lost.ask(listview, sent.get("docname"), sent.get("to_colname"));
	});
};

// The framework shows the refusal; the question takes its place.
skycrm.kanban_lost.close_refusal = async () => {
	for (let tries = 0; tries < skycrm.kanban_lost.TRIES; tries++) {
		await new Promise((resolve) => setTimeout(resolve, skycrm.kanban_lost.WAIT_MS));
		const shown = frappe.msg_dialog?.$wrapper.is(":visible");
		if (!shown && tries > 1) return;
		if (shown) frappe.msg_dialog.hide();
	}
};

skycrm.kanban_lost.ask = async (listview, opportunity, stage) => {
	await skycrm.kanban_lost.close_refusal();
	const row = listview.data.find(({ name }) => name === opportunity) || {};
	const title = frappe.utils.escape_html(row.title || opportunity);
	const values = await skycrm.stage_move.ask(
		__("Why was {0} lost?", [title]),
		await skycrm.stage_move.stages(),
		stage
	);
	await frappe.xcall("skycrm.api.v1.opportunities.move", { opportunity, ...values });
	skycrm.outcomes.refresh(listview);
};

skycrm.kanban_lost.listen();
