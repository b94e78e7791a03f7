// Amounts on a Kanban board: how many cards each column holds and what they are worth, kept right while dragging.
frappe.provide("skycrm.kanban_totals");

skycrm.kanban_totals.show = (listview, fieldname) => {
	const board = listview.$result?.find(".kanban").get(0);
	if (!board) return;
	const draw = frappe.utils.debounce(
		() => skycrm.kanban_totals.draw(listview, board, fieldname),
		50
	);
	if (!board.skycrm_observed) {
		board.skycrm_observed = true;
		// Cards are moved by the board itself, without a refresh of the list.
		new MutationObserver((changes) => {
			const cards = changes.some(
				(change) => $(change.target).closest(".kanban-cards").length
			);
			if (cards) draw();
		}).observe(board, { childList: true, subtree: true });
	}
	draw();
};

skycrm.kanban_totals.draw = (listview, board, fieldname) => {
	const rows = Object.fromEntries(listview.data.map((row) => [row.name, row]));
	const currency = frappe.boot.sysdefaults.currency;
	$(board)
		.find(".kanban-column[data-column-value]")
		.each((_index, column) => {
			const names = $(column)
				.find(".kanban-card-wrapper")
				.toArray()
				.map((card) => decodeURIComponent($(card).attr("data-name")));
			const sum = names.reduce((total, name) => total + flt(rows[name]?.[fieldname]), 0);
			const $header = $(column).find(".kanban-column-header");
			let $total = $(column).find(".skycrm-kanban-total");
			if (!$total.length) {
				$total = $(`<div class="skycrm-kanban-total text-muted small"></div>`).insertAfter(
					$header
				);
				$total.css({ padding: "0 var(--padding-sm) var(--padding-xs)" });
			}
			const worth = fieldname ? ` · ${format_currency(sum, currency, 0)}` : "";
			$total.html(`<b>${names.length}</b>${worth}`);
		});
};
