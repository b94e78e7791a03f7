// Which role sees and changes which field: a table per document type. The server decides what a change means; this page
// shows its sentences before anything is saved.
frappe.provide("skycrm.field_access");

frappe.pages["sky-field-access"].on_page_load = function (wrapper) {
	frappe.ui.make_app_page({ parent: wrapper, title: __("Field Access"), single_column: true });
	wrapper.field_access = new skycrm.field_access.Table(wrapper.page);
};

frappe.pages["sky-field-access"].on_page_show = function (wrapper) {
	wrapper.field_access.show(frappe.get_route()[1]);
};

const API = "skycrm.api.v1.field_access.";
const NEXT = { Show: "Read Only", "Read Only": "Hide", Hide: "Show" };
const NEXT_FOR_READERS = { Show: "Hide", "Read Only": "Hide", Hide: "Show" };
const words = () => ({ Show: __("Show"), "Read Only": __("Read Only"), Hide: __("Hide") });
const COLORS = { Show: "green", "Read Only": "orange", Hide: "red" };

const key_of = (field, role) => [field.doctype, field.fieldname, role].join("|");
const escape = (text) => frappe.utils.escape_html(text || "");

skycrm.field_access.Table = class {
	constructor(page) {
		this.page = page;
		this.changes = new Map();
		this.steps = [];
		this.make_toolbar();
		this.$body = $(`<div class="sky-field-access">
			<div class="sky-changes" role="status" aria-live="polite"></div>
			<div class="sky-table" tabindex="-1"></div>
		</div>`).appendTo(page.main);
		this.$changes = this.$body.find(".sky-changes");
		this.$table = this.$body.find(".sky-table");
		this.$table.on("click", "button.sky-cell", (event) => this.turn($(event.currentTarget)));
		this.$table.on("keydown", "button.sky-cell", (event) => this.walk(event));
		this.tell = frappe.utils.debounce(() => this.ask_what_changes(), 300);
	}

	make_toolbar() {
		this.type = this.page.add_field({
			fieldname: "document_type",
			fieldtype: "Select",
			label: __("Document Type"),
			change: () => this.choose(this.type.get_value()),
		});
		this.search = this.page.add_field({
			fieldname: "search",
			fieldtype: "Data",
			label: __("Search Fields"),
		});
		this.search.$input.on("input", () => this.filter());
		this.only_changed = this.page.add_field({
			fieldname: "only_changed",
			fieldtype: "Check",
			label: __("Only Changed"),
			change: () => this.filter(),
		});
		this.page.set_primary_action(__("Save"), () => this.save());
		this.undo_button = this.page.set_secondary_action(__("Undo"), () => this.undo());
		this.page.add_menu_item(__("Reset to Default"), () => this.reset());
	}

	async show(doctype) {
		if (!this.doctypes) {
			this.doctypes = await frappe.xcall(API + "doctypes");
			this.type.df.options = this.doctypes;
			this.type.refresh();
		}
		const known = this.doctypes.some((row) => row.value === doctype);
		const wanted = known ? doctype : this.data?.doctype || "Sky Lead";
		if (wanted !== this.data?.doctype) await this.load(wanted);
	}

	choose(doctype) {
		if (!doctype || doctype === this.data?.doctype) return;
		const go = () => frappe.set_route("sky-field-access", doctype);
		if (!this.changes.size) return go();
		frappe.confirm(
			__("Your changes to {0} are not saved. Leave them behind?", [this.data.label.bold()]),
			() => {
				this.forget();
				go();
			},
			() => this.type.set_value(this.data.doctype)
		);
	}

	async load(doctype) {
		this.take(await frappe.xcall(API + "read", { doctype }));
		this.type.set_value(doctype);
	}

	take(data) {
		this.data = data;
		this.forget();
		this.fields = Object.fromEntries(
			data.fields.map((field) => [`${field.doctype}|${field.fieldname}`, field])
		);
		this.draw();
	}

	forget() {
		this.changes.clear();
		this.steps = [];
	}

	// Drawing

	draw() {
		const heads = this.data.roles
			.map((role) => `<th scope="col" class="sky-role">${escape(role.label)}</th>`)
			.join("");
		let group = null;
		const rows = this.data.fields.map((field) => {
			const name = [field.table, field.section].filter(Boolean).join(" · ");
			const heading =
				name === group
					? ""
					: `<tr class="sky-group"><th scope="colgroup" colspan="${
							this.data.roles.length + 1
						}">${escape(name) || __("Details")}</th></tr>`;
			group = name;
			return heading + this.row(field);
		});
		this.$table.html(
			`<table class="table"><thead><tr><th scope="col">${__("Field")}</th>${heads}</tr></thead>
			<tbody>${rows.join("")}</tbody></table>`
		);
		this.$table.find("button.sky-cell").attr("tabindex", -1).first().attr("tabindex", 0);
		this.filter();
		this.refresh();
	}

	row(field) {
		const why = field.fixed
			? `<div class="text-muted small">${frappe.utils.icon("lock", "xs")} ${escape(field.fixed)}</div>`
			: "";
		const mark = field.custom ? `<span class="badge ml-1">${__("Custom")}</span>` : "";
		const cells = this.data.roles.map((role) => {
			const access = this.access(field, role.name);
			if (field.fixed && access === "Show")
				return `<td class="text-muted">${__("Always shown")}</td>`;
			return `<td>${this.cell(field, role, access)}</td>`;
		});
		return `<tr class="sky-field" data-key="${escape(field.doctype)}|${escape(field.fieldname)}">
			<th scope="row">${escape(field.label)}${mark}${why}</th>${cells.join("")}</tr>`;
	}

	cell(field, role, access) {
		const changed = this.changes.has(key_of(field, role.name)) ? " sky-changed" : "";
		const label = `${field.label}, ${role.label}: ${words()[access]}`;
		return `<button type="button" class="btn btn-xs sky-cell${changed}" data-role="${escape(
			role.name
		)}" data-access="${access}" aria-label="${escape(label)}"><span class="indicator-pill no-indicator-dot ${
			COLORS[access]
		}">${words()[access]}</span></button>`;
	}

	access(field, role) {
		return this.changes.get(key_of(field, role)) || field.access[role];
	}

	filter() {
		const text = (this.search.$input.val() || "").toLowerCase();
		const only = this.only_changed.get_value();
		let $heading = null;
		let some = false;
		this.$table.find("tbody tr").each((_index, element) => {
			const $row = $(element);
			if ($row.hasClass("sky-group")) {
				$heading?.toggle(some);
				[$heading, some] = [$row, false];
				return;
			}
			const field = this.fields[$row.attr("data-key")];
			const words = [field.label, field.fieldname, field.section, field.table].join(" ");
			const differs = this.data.roles.some(
				(role) => this.access(field, role.name) !== field.start[role.name]
			);
			const touched = this.data.roles.some((role) =>
				this.changes.has(key_of(field, role.name))
			);
			const visible = words.toLowerCase().includes(text) && (!only || differs || touched);
			$row.toggle(visible);
			some = some || visible;
		});
		$heading?.toggle(some);
	}

	refresh() {
		this.page.btn_primary.prop("disabled", !this.changes.size);
		this.page.btn_secondary.prop("disabled", !this.steps.length);
		if (!this.changes.size) {
			this.$changes.html(
				`<span class="text-muted">${__(
					"Click a cell to show a field to a role, to make it read only, or to hide it. A hidden field is gone from forms, lists, reports, exports, prints and searches."
				)}</span>`
			);
		}
	}

	// Changing

	turn($cell) {
		const field = this.fields[$cell.closest("tr").attr("data-key")];
		const role = this.data.roles.find((row) => row.name === $cell.attr("data-role"));
		const before = this.access(field, role.name);
		const next = (role.writes && !field.fixed ? NEXT : NEXT_FOR_READERS)[before];
		this.steps.push({ field, role, before });
		this.set(field, role, field.fixed ? "Show" : next);
	}

	set(field, role, access) {
		const key = key_of(field, role.name);
		if (field.access[role.name] === access) this.changes.delete(key);
		else this.changes.set(key, access);
		const $cell = this.cell_of(field, role);
		const focused = $cell.is(document.activeElement);
		const $new = $(this.cell(field, role, access)).attr("tabindex", $cell.attr("tabindex"));
		$cell.replaceWith($new);
		if (focused) $new.trigger("focus");
		this.refresh();
		if (this.changes.size) this.tell();
	}

	cell_of(field, role) {
		return this.$table
			.find("tr.sky-field")
			.filter((_i, row) => row.dataset.key === `${field.doctype}|${field.fieldname}`)
			.find("button.sky-cell")
			.filter((_i, button) => button.dataset.role === role.name);
	}

	undo() {
		const step = this.steps.pop();
		if (step) this.set(step.field, step.role, step.before);
	}

	// The arrows go from cell to cell, so that the table is one stop of the Tab key.
	walk(event) {
		if ((event.ctrlKey || event.metaKey) && event.key === "z") {
			event.preventDefault();
			return this.undo();
		}
		const move = {
			ArrowUp: [-1, 0],
			ArrowDown: [1, 0],
			ArrowLeft: [0, -1],
			ArrowRight: [0, 1],
		}[event.key];
		if (!move) return;
		event.preventDefault();
		const $rows = this.$table.find("tr.sky-field:visible").has("button.sky-cell");
		const $row = $(event.currentTarget).closest("tr");
		const $cells = $row.find("button.sky-cell");
		const column = $cells.index(event.currentTarget) + move[1];
		const $target = $rows
			.eq(Math.max($rows.index($row) + move[0], 0))
			.find("button.sky-cell")
			.eq(Math.max(column, 0));
		if (!$target.length) return;
		this.$table.find("button.sky-cell[tabindex=0]").attr("tabindex", -1);
		$target.attr("tabindex", 0).trigger("focus");
	}

	// Saving

	wishes() {
		return [...this.changes].map(([key, access]) => {
			const [doctype, fieldname, role] = key.split("|");
			return { doctype, fieldname, role, access };
		});
	}

	async ask_what_changes() {
		const doctype = this.data.doctype;
		const asked = this.wishes();
		if (!asked.length) return;
		const answer = await frappe.xcall(API + "preview", { doctype, changes: asked });
		if (doctype !== this.data.doctype || asked.length !== this.changes.size) return;
		// The sentences are HTML of the server, in which every name is escaped.
		this.$changes.html(
			`<b>${__("When you save:")}</b><ul class="mb-0 pl-4">${answer.sentences
				.map((sentence) => `<li>${sentence}</li>`)
				.join("")}</ul>`
		);
	}

	async save() {
		const { doctype, token } = this.data;
		this.take(
			await frappe.xcall(API + "save", { doctype, token, changes: this.wishes() }, "POST", {
				freeze: true,
			})
		);
		frappe.show_alert({ message: __("Saved"), indicator: "green" });
	}

	reset() {
		frappe.confirm(
			__("Let every role see the fields of {0} again as at first?", [
				this.data.label.bold(),
			]),
			async () => {
				const { doctype, token } = this.data;
				this.take(await frappe.xcall(API + "reset", { doctype, token }));
				frappe.show_alert({ message: __("Saved"), indicator: "green" });
			}
		);
	}
};
