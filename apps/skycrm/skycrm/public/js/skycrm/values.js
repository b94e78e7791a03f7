// What people typed is shown as they typed it, in every view of the desk: the framework's own formatters put texts into the
// page as HTML, which is safe only for what its check on save has seen. For DocTypes of this app alone.

frappe.provide("skycrm.values");
frappe.provide("frappe.views");

(() => {
	const MODULE = "SkyCRM";
	const TAGS = new Set(
		(
			"a abbr b blockquote br caption center cite code col colgroup dd del div dl dt em figcaption figure font h1 h2 h3 h4 h5 h6 hr i " +
			"img ins kbd li mark ol p pre q s small span strike strong sub sup table tbody td tfoot th thead tr u ul"
		).split(" ")
	);
	// These go with what they hold: it is code, or text that a browser reads in another way than a parser.
	const OPAQUE = new Set(
		(
			"applet audio base button canvas embed fieldset form frame frameset iframe input link map math meta noembed noframes " +
			"noscript object optgroup option param plaintext script select source style svg template textarea title track video xmp"
		).split(" ")
	);
	const ATTRIBUTES = new Set(
		(
			"align alt bgcolor border cellpadding cellspacing class color colspan dir face height lang nowrap rel rowspan size " +
			"start style target title type valign width"
		).split(" ")
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
			if (OPAQUE.has(tag) || element.namespaceURI !== body.namespaceURI) {
				element.remove();
				continue;
			}
			if (!TAGS.has(tag)) {
				element.replaceWith(...element.childNodes);
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

	// What hangs on a record of ours: the timeline and the sidebar put it into the page as HTML.
	const LINES = [
		"comments",
		"communications",
		"automated_messages",
		"shared",
		"assignments",
		"assignment_logs",
		"attachment_logs",
		"info_logs",
		"like_logs",
		"workflow_logs",
		"milestones",
		"attachments",
	];
	const ADDRESS = /<[^<>\s"'=/]+@[^<>\s"'=/]+>/g;
	const SHOW = {
		content: rich,
		description: rich,
		subject: plain,
		value: plain,
		file_name: plain,
		sender_full_name: plain,
		file_url: (value) => (opens(value) ? value : null),
	};
	// "An <an@example.com>" is answered to, and stays.
	for (const part of ["sender", "recipients", "cc", "bcc"]) {
		SHOW[part] = (value) => (/[<>]/.test(value.replace(ADDRESS, "")) ? plain(value) : value);
	}
	const guard_line = (line) => {
		for (const [part, show] of Object.entries(SHOW)) {
			if (typeof line[part] === "string" && line[part]) line[part] = show(line[part]);
		}
	};
	const { sync_docinfo } = frappe.model;
	frappe.model.sync_docinfo = (answer) => {
		const info = answer.docinfo;
		if (info && frappe.get_meta(info.doctype)?.module === MODULE) {
			LINES.forEach((list) => (info[list] || []).forEach(guard_line));
			info.tags = plain(info.tags);
			Object.values(info.user_info || {}).forEach((user) => {
				if (user.fullname) user.fullname = plain(user.fullname);
				if (user.image && !opens(user.image)) user.image = null;
			});
		}
		return sync_docinfo(answer);
	};

	// The search bar lists the forms that were open by the names in their addresses, and takes these for HTML.
	const { get_recent_pages } = frappe.search.utils;
	frappe.search.utils.get_recent_pages = function (...given) {
		return get_recent_pages.apply(this, given).map((page) => {
			const [view, doctype, name] = Array.isArray(page.route) ? page.route : [];
			const module = view === "Form" && name && frappe.get_meta(doctype)?.module;
			// Of a form that was open in an earlier session nothing is known.
			if (view !== "Form" || !name || (module && module !== MODULE)) return page;
			return { ...page, label: `${__(doctype)} ${plain(name).bold()}` };
		});
	};

	Object.assign(skycrm.values, { plain, rich, link, opens });
})();
