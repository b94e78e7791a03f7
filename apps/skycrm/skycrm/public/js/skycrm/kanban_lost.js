// A card dropped on a stage of type Lost is refused for want of its reason: ask for the reason, then move the card.
frappe.provide("skycrm.kanban_lost");

skycrm.kanban_lost.MOVE = "update_order_for_single_card";
// The refusal is shown in a dialog that fades in; closed earlier, it would stay.
skycrm.kanban_lost.FADE_MS = 500;

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
		setTimeout(
			() => skycrm.kanban_lost.ask(listview, sent.get("docname"), sent.get("to_colname")),
			skycrm.kanban_lost.FADE_MS
		);
	});
};

skycrm.kanban_lost.ask = async (listview, opportunity, stage) => {
	frappe.hide_msgprint(true);
	const row = listview.data.find(({ name }) => name === opportunity) || {};
	const title = frappe.utils.escape_html(row.title || opportunity);
	const values = await skycrm.stage_move.ask(
		__("Why was {0} lost?", [title]),
		await skycrm.stage_move.stages(),
		stage
	);
	await frappe.xcall("skycrm.api.v1.opportunities.move", { opportunity, ...values });
	listview.refresh();
};

skycrm.kanban_lost.listen();
