// The ERPNext documents of an opportunity and the live stock of its products, inside its form.
frappe.provide("skycrm.opportunity_documents");

skycrm.opportunity_documents.render = (frm) => {
	if (frm.is_new()) return;
	const API = "skycrm.api.v1.opportunities";
	const fill = (fieldname, method, html) => {
		const $wrapper = frm.fields_dict[fieldname].$wrapper;
		if (!$wrapper.children().length) {
			$wrapper.html(`<p class="text-muted">${__("Loading")}…</p>`);
		}
		const name = frm.doc.name;
		frappe
			.xcall(`${API}.${method}`, { opportunity: name }, "GET")
			.then((answer) => frm.doc.name === name && $wrapper.html(html(answer)))
			.catch(() =>
				$wrapper.html(
					`<p class="text-muted">${__("This could not be read just now.")}</p>`
				)
			);
	};
	fill("connections_html", "connections", (answer) => {
		skycrm.opportunity_documents.hide_reopen(frm, answer.documents);
		return skycrm.opportunity_documents.documents_html(answer);
	});
	fill("stock_html", "stock", skycrm.opportunity_documents.stock_html);
};

// While an order or an invoice stands the sale is won, so there is nothing to reopen.
skycrm.opportunity_documents.hide_reopen = (frm, documents) => {
	const stands = ["Sales Order", "Sales Invoice"].some((doctype) =>
		(documents?.[doctype] || []).some((row) => row.docstatus === 1 && !row.is_return)
	);
	if (stands && frm.doc.status === "Won") frm.remove_custom_button(__("Reopen"));
};

skycrm.opportunity_documents.COLORS = {
	Draft: "red",
	Open: "orange",
	Replied: "blue",
	Ordered: "green",
	"Partially Ordered": "yellow",
	Lost: "gray",
	Expired: "gray",
	Cancelled: "gray",
	"On Hold": "orange",
	"To Deliver and Bill": "orange",
	"To Bill": "orange",
	"To Deliver": "orange",
	Completed: "green",
	Closed: "green",
	Paid: "green",
	"Partly Paid": "yellow",
	Unpaid: "orange",
	Overdue: "red",
	Return: "gray",
	"Credit Note Issued": "gray",
};

skycrm.opportunity_documents.documents_html = ({ documents, revenue, currency }) => {
	const text = frappe.utils.escape_html;
	const sections = Object.entries(documents || {})
		.filter(([, rows]) => rows.length)
		.map(([doctype, rows]) => {
			const lines = rows
				.map((row) => {
					const color = skycrm.opportunity_documents.COLORS[row.status] || "gray";
					return `<tr>
						<td><a href="${frappe.utils.get_form_link(doctype, row.name)}">${text(row.name)}</a></td>
						<td>${row.date ? frappe.datetime.str_to_user(row.date) : ""}</td>
						<td><span class="indicator-pill ${color}">${__(row.status, null, doctype)}</span></td>
						<td class="text-right">${format_currency(row.grand_total, row.currency)}</td>
						<td class="text-muted">${skycrm.opportunity_documents.detail(doctype, row)}</td>
					</tr>`;
				})
				.join("");
			return `<h5>${__(doctype)} <span class="text-muted">(${rows.length})</span></h5>
				<table class="table table-sm">${skycrm.opportunity_documents.head()}<tbody>${lines}</tbody></table>`;
		})
		.join("");
	if (!sections) {
		return `<p class="text-muted">${__("No quotation, order or invoice yet. Make a quotation to start.")}</p>`;
	}
	const invoiced =
		revenue === null || revenue === undefined
			? ""
			: `<p>${__("Invoiced, less returns")}: <b>${format_currency(revenue, currency)}</b></p>`;
	return invoiced + sections;
};

skycrm.opportunity_documents.head = () =>
	`<thead><tr><th style="width: 24%">${__("Document")}</th><th style="width: 14%">${__("Date")}</th>
	<th style="width: 20%">${__("Status")}</th><th class="text-right" style="width: 20%">${__("Amount")}</th>
	<th></th></tr></thead>`;

skycrm.opportunity_documents.detail = (doctype, row) => {
	if (row.docstatus === 2) return "";
	const percent = (value) => `${format_number(value || 0, null, 0)} %`;
	if (doctype === "Quotation" && row.valid_till) {
		return __("valid until {0}", [frappe.datetime.str_to_user(row.valid_till)]);
	}
	if (doctype === "Sales Order") {
		return __("delivered {0}, billed {1}", [
			percent(row.per_delivered),
			percent(row.per_billed),
		]);
	}
	if (doctype === "Sales Invoice" && row.outstanding_amount) {
		return __("still to pay: {0}", [format_currency(row.outstanding_amount, row.currency)]);
	}
	if (doctype === "Purchase Order") {
		return __("received {0}", [percent(row.per_received)]);
	}
	return row.is_return ? __("return") : "";
};

skycrm.opportunity_documents.stock_html = (rows) => {
	if (!rows.length) return "";
	const text = frappe.utils.escape_html;
	const number = (value) => format_number(value || 0, null, 0);
	const available = {};
	rows.forEach((row) => {
		available[row.item_code] =
			(available[row.item_code] || 0) + (row.actual_qty || 0) - (row.reserved_qty || 0);
	});
	let last = null;
	const lines = rows
		.map((row) => {
			const first = row.item_code !== last;
			last = row.item_code;
			const short = row.is_stock_item && available[row.item_code] < row.wanted_qty;
			const item = first
				? `<a href="${frappe.utils.get_form_link("Item", row.item_code)}">
					${text(row.item_name || row.item_code)}</a>
					<div class="${short ? "text-danger" : "text-muted"}">
						${skycrm.opportunity_documents.verdict(row, available[row.item_code], short)}</div>`
				: "";
			return `<tr>
				<td>${item}</td>
				<td>${row.warehouse ? text(row.warehouse) : `<span class="text-muted">${__("none")}</span>`}</td>
				<td class="text-right">${number(row.actual_qty)}</td>
				<td class="text-right">${number(row.reserved_qty)}</td>
				<td class="text-right">${number(row.ordered_qty)}</td>
				<td class="text-right">${number(row.projected_qty)}</td>
			</tr>`;
		})
		.join("");
	return `<h5>${__("Stock")}</h5><table class="table table-sm">
		<thead><tr><th style="width: 36%">${__("Item")}</th><th>${__("Warehouse")}</th>
		<th class="text-right">${__("In stock")}</th><th class="text-right">${__("Reserved")}</th>
		<th class="text-right">${__("On order")}</th><th class="text-right">${__("Projected")}</th></tr></thead>
		<tbody>${lines}</tbody></table>`;
};

skycrm.opportunity_documents.verdict = (row, available, short) => {
	if (!row.is_stock_item) return __("not kept in stock");
	const figures = [
		format_number(row.wanted_qty, null, 0),
		format_number(available, null, 0),
		frappe.utils.escape_html(__(row.stock_uom)),
	];
	return short
		? __("needs {0}, only {1} {2} free", figures)
		: __("needs {0}, {1} {2} free", figures);
};
