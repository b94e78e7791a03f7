// What people typed is shown as they typed it, in every view of the desk: the framework's own formatters put texts into the
// page as HTML, which is safe only for what its check on save has seen. For DocTypes of this app alone.

frappe.provide("skycrm.values");
frappe.provide("frappe.views");

(() => {
	const MODULE = "SkyCRM";
	const TAGS = new Set(
		(
			"a abbr b blockquote br caption cite code col colgroup dd del div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i " +
			"img ins kbd li mark ol p pre q s small span strike strong sub sup table tbody td tfoot th thead tr u ul"
		).split(" ")
	);
	const ATTRIBUTES = new Set(
		"alt class colspan dir height lang rowspan start style title type width".split(" ")
	);
	const ADDRESSES = { a: "href", img: "src" };
	const MAY_OPEN = /^(?:https?:|mailto:|tel:|#|\/(?!\/)|data:image\/(?:png|jpe?g|gif|webp);)/i;
	const UNSEEN = /[\u0000-\u0020\u007f\u00a0\u200b-\u200f\u2028-\u202f\u2060\ufeff]+/g;

	// As text. What is escaped already stays as it is, for the framework escapes some values itself before.
	const plain = (value) =>
		String(value ?? "").replace(
			/[<>"'`]/g,
			(sign) =>
				({ "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;", "`": "&#96;" })[sign]
		);

	const opens = (address) => {
		const text = String(address ?? "").replace(UNSEEN, "");
		return MAY_OPEN.test(text) || !/^[a-z][a-z0-9+.-]*:/i.test(text);
	};

	// Rich text with what letters and notes are made of, and nothing else. Parsed apart from the page, where nothing runs.
	const rich = (html) => {
		if (!/[<>]/.test(html)) return html;
		const { body } = new window.DOMParser().parseFromString(html, "text/html");
		for (const element of [...body.querySelectorAll("*")]) {
			const tag = element.localName;
			if (!TAGS.has(tag)) {
				element.remove();
				continue;
			}
			for (const { name, value } of [...element.attributes]) {
				const kept =
					ADDRESSES[tag] === name
						? opens(value)
						: ATTRIBUTES.has(name) || /^data-[a-z0-9-]+$/.test(name);
				if (!kept) element.removeAttribute(name);
			}
		}
		return body.innerHTML;
	};

	const link = (address) =>
		opens(address)
			? `<a href="${plain(address)}" target="_blank" rel="noopener noreferrer">${plain(address)}</a>`
			: plain(address);

	// A field of a DocType of ours, or a column of a report of ours; fields of dialogs belong to none.
	const is_ours = (field) => {
		if (field?.parent) return frappe.get_meta(field.parent)?.module === MODULE;
		return (
			Boolean(field) &&
			frappe.get_route()?.[0] === "query-report" &&
			frappe.query_report?.report_doc?.module === MODULE
		);
	};

	// For cards, which unescape what they are given: signs that look the same and mean nothing to a browser.
	const LIKE = { "<": "‹", "&lt;": "‹", ">": "›", "&gt;": "›", '"': "”", "&quot;": "”" };
	const harmless = (value) =>
		typeof value === "string"
			? value.replace(/[<>"]|&(?:lt|gt|quot);/gi, (sign) => LIKE[sign.toLowerCase()])
			: value;
	const LISTS = ["_assign", "_comments", "_liked_by", "_seen"];
	const harmless_row = (row, kept) =>
		Object.fromEntries(
			Object.entries(row).map(([key, value]) => [
				key,
				kept.includes(key) || LISTS.includes(key) ? value : harmless(value),
			])
		);
	const guard_cards = (view) => {
		const { prepare_data } = view;
		view.prepare_data = function (...given) {
			prepare_data.apply(this, given);
			if (this.meta?.module !== MODULE) return;
			const kept = ["name", this.board?.field_name];
			const image = this.meta.image_field;
			const guarded = (row) => {
				const shown = harmless_row(row, kept);
				if (image && !opens(row[image])) shown[image] = null;
				return shown;
			};
			this.data = this.data.map(guarded);
			if (this.items) this.items = this.items.map(guarded);
		};
	};

	const { formatters } = frappe.form;
	const lines = (value) => frappe.utils.replace_newlines(plain(value));
	const translated = (value) => plain(__(value));
	const SHOWN = {
		Data: (value, field) => (field.options === "URL" ? link(value) : plain(value)),
		Text: lines,
		SmallText: lines,
		LongText: lines,
		Select: translated,
		Autocomplete: translated,
		ReadOnly: plain,
		Phone: plain,
		Barcode: plain,
		Color: plain,
		TextEditor: (value) => formatters.TextEditor(rich(value)),
		HTMLEditor: rich,
		MarkdownEditor: rich,
		Attach: link,
		AttachImage: link,
	};
	Object.entries(SHOWN).forEach(([kind, show]) => {
		const framework = formatters[kind] || formatters.Data;
		formatters[kind] = function (value, field, ...more) {
			if (!is_ours(field) || !value) return framework.call(this, value, field, ...more);
			// What looks like JSON has been read as such on its way, and the framework's formatters know only texts.
			if (typeof value !== "string") value = JSON.stringify(value);
			return formatters._apply_custom_formatter(show(value, field), field);
		};
	});

	// Lists put values of links and tags into attributes as they are, reports put titles of links into cells. Their classes
	// come with a script that is loaded later.
	const column_html = (list, { df }, shown) =>
		`<div class="list-row-col ellipsis hidden-xs"><span class="ellipsis" title="${plain(
			__(df.label, null, df.parent)
		)}: ${shown}"><a class="filterable ellipsis" data-filter="${df.fieldname},=,${shown}">${shown}</a></span></div>`;
	const GUARDS = {
		ListView(list) {
			const { get_column_html } = list;
			list.get_column_html = function (column, doc) {
				const { df, type } = column;
				if (this.meta?.module !== MODULE) return get_column_html.call(this, column, doc);
				if (type === "Tag") {
					doc = { ...doc, _user_tags: plain(doc._user_tags) };
				} else if (type === "Field" && !this.settings.formatters?.[df.fieldname]) {
					const value = doc[df.fieldname];
					const as_it_is =
						df.fieldname === "name" ||
						["Link", "Dynamic Link", "Select"].includes(df.fieldtype);
					if (as_it_is && /["<>]/.test(value)) {
						const title =
							doc[`${df.fieldname}_${this.link_field_title_fields?.[df.fieldname]}`];
						return column_html(this, column, plain(title || value));
					}
					if (df.fieldtype === "Text Editor" && /</.test(value)) {
						return column_html(this, column, plain(strip_html(rich(value))));
					}
				}
				return get_column_html.call(this, column, doc);
			};
		},
		ReportView(report) {
			const { get_link_title_field_value } = report;
			report.get_link_title_field_value = async function (...given) {
				const title = await get_link_title_field_value.apply(this, given);
				return this.meta?.module === MODULE && title ? plain(title) : title;
			};
		},
	};
	GUARDS.KanbanView = GUARDS.ImageView = guard_cards;
	Object.entries(GUARDS).forEach(([name, guard]) => {
		let view = frappe.views[name];
		if (view) guard(view.prototype);
		Object.defineProperty(frappe.views, name, {
			configurable: true,
			enumerable: true,
			get: () => view,
			set(made) {
				view = made;
				guard(made.prototype);
			},
		});
	});

	Object.assign(skycrm.values, { plain, rich, link, opens });
})();
