"""What columns are called: by people in Vietnam, and by the programs whose exports they have.

Headers are compared as keys (domain/text.py: name_key), so case, tone marks, dots and dashes do not matter. Fields are
those of a Sky Lead; NOT_IMPORTED stands for columns that an export brings and a lead has no place for.

Sources of the programs' headers: the exports themselves, as Google Contacts (before and since 2024), Outlook's "Comma
Separated Values", ACT! and GoldMine write them.
"""

from skycrm.domain.text import name_key

NOT_IMPORTED = "-"

# Fields that take several columns, and what stands between their texts.
JOINED: dict[str, str] = {"address_line1": ", ", "notes": "\n", "items": "; ", "_tags": ", "}

# field -> what its column is called, in any language; the keys are made below.
_NAMES: dict[str, str] = {
	# "Mã số" is what the lists of the framework call it in Vietnamese.
	"name": "ID|Mã số|Mã đầu mối|Lead ID",
	"lead_name": """Full Name|Họ tên|Họ và tên|Tên đầy đủ|Họ tên khách hàng|Tên khách hàng|Tên khách|Khách|Khách hàng|Tên liên hệ
		|Người liên hệ|Tên người liên hệ|Contact|Contact Name|Name|Customer Name|Lead Name|Display Name|File As|Tên KH|Tên đầu mối
		|Đầu mối|Tên lead|Person|Person Name|Liên hệ|Họ tên đầy đủ|Người đại diện|Đại diện""",
	"last_name": "Family Name|Last Name|Lastname|Surname|Họ|Last|Họ và tên đệm|Họ đệm",
	"middle_name": "Middle Name|Tên đệm|Tên lót|Chữ lót|Additional Name",
	"first_name": "Given Name|First Name|Firstname|First|Tên|Tên gọi",
	"salutation": "Salutation|Danh xưng|Name Prefix|Prefix|Xưng hô|Lời chào|Title Prefix",
	"gender": "Gender|Giới tính|Sex|Nam nữ",
	"birth_date": "Date of Birth|Birthday|Birth Date|Birthdate|Ngày sinh|Sinh nhật|DOB|Ngày tháng năm sinh",
	"organization": """Organization|Organisation|Organization Name|Organization 1 Name|Company|Company Name|Account|Account Name
		|Công ty|Tên công ty|Cty|Tên cty|Tổ chức|Đơn vị|Tên đơn vị|Cơ quan|Doanh nghiệp|Tên doanh nghiệp|Firm|Business|Nơi làm việc""",
	"job_title": "Job Title|Organization Title|Organization 1 Title|Position|Chức vụ|Chức danh|Vị trí|Role|Nghề nghiệp",
	"tax_id": "Tax Code|Tax Code MST|Tax ID|Tax No|VAT|VAT No|VAT Number|Mã số thuế|MST|Mã thuế|MST cty|Mã số thuế công ty",
	"industry": "Industry|Industry Type|Ngành|Ngành nghề|Lĩnh vực|Ngành hàng|Sector|Lĩnh vực kinh doanh|Ngành kinh doanh",
	"territory": "Territory|Khu vực|Vùng|Vùng miền|Địa bàn|Region",
	"email_id": """Email|E mail|Email ID|Email Address|E mail Address|Mail|Email 1|E mail 1 Value|E mail 1 Address|Thư điện tử
		|Địa chỉ email|Hộp thư|Email liên hệ|Email công ty|Primary Email|Địa chỉ thư điện tử|Email 1 Value""",
	"mobile_no": """Mobile No|Mobile|Mobile Phone|Mobile Number|Cell|Cell Phone|Cellphone|Di động|Số di động|Điện thoại di động|ĐTDĐ
		|Phone 1 Value|Số điện thoại|SĐT|Số ĐT|Điện thoại|ĐT|Phone Number|Primary Phone|Hotline|Số máy|Contact Number|Số phone
		|Số điện thoại di động|SĐT liên hệ|Số điện thoại liên hệ|Điện thoại liên hệ|Handphone|Số đt liên hệ""",
	"phone": """Phone|Telephone|Tel|Business Phone|Work Phone|Office Phone|Phone 2 Value|Điện thoại bàn|Điện thoại cố định|Số cố định
		|Số máy bàn|Máy bàn|Điện thoại công ty|ĐT bàn|ĐT cố định|Phone 1|Phone1|Home Phone|Company Main Phone|Điện thoại cơ quan
		|Số điện thoại bàn|Điện thoại 2|SĐT 2|ĐT 2|Số điện thoại 2|Phone 2|Alt Phone""",
	"zalo_id": "Zalo|Zalo ID|Số Zalo|Tài khoản Zalo|Link Zalo",
	"website": "Website|Web|Web Page|Web Site|URL|Trang web|Website 1 Value|Homepage|Trang chủ|Địa chỉ web|Website công ty",
	"address_line1": """Address|Street|Street Address|Địa chỉ|Số nhà|Đường|Address 1|Address1|Address 2|Address2|Address 3
		|Business Street|Address 1 Street|Business Address|Địa chỉ công ty|Địa chỉ liên hệ|Business Street 2|Số nhà đường
		|Phường xã|Phường|Xã|Ward|Address 1 Extended Address|Address Line 1|Address Line 2|Địa chỉ 1|Địa chỉ 2|Trụ sở|Address 1 Formatted""",
	"city": """District or City|City|Town|District|Quận huyện|Quận|Huyện|Thành phố|Business City|Address 1 City|Quận/Huyện|TP
		|Thị xã|Quận hoặc thành phố""",
	"state": "Province|State|Tỉnh|Tỉnh thành|Tỉnh/Thành phố|Business State|Address 1 Region|Tỉnh TP|Tỉnh thành phố|State Province",
	"country": "Country|Quốc gia|Nước|Business Country Region|Business Country|Address 1 Country|Country Region",
	"source": "Source|Lead Source|Nguồn|Nguồn khách|Nguồn khách hàng|Kênh|Referred By|Nguồn đầu mối|Nguồn lead|Kênh tiếp cận",
	"campaign": "Campaign|Chiến dịch|Campaign Name|Tên chiến dịch",
	"lead_owner": """Lead Owner|Người phụ trách|Phụ trách|Nhân viên phụ trách|Sales|Nhân viên kinh doanh|NVKD|Owner|Record Manager
		|Salesperson|Sales Person|Assigned To|Sale phụ trách|Người chăm sóc|Nhân viên""",
	"team": "Team|Nhóm|Phòng kinh doanh|Đội|Nhóm phụ trách",
	"rating": "Rating|Mức độ|Đánh giá|Độ nóng|Mức độ quan tâm|Phân loại|Xếp loại",
	"next_contact_on": "Next Contact On|Next Contact|Follow Up|Follow Up Date|Ngày hẹn|Hẹn gọi lại|Liên hệ tiếp|Lần liên hệ tới|Ngày gọi lại|Liên hệ lần tới",
	"notes": """Notes|Note|Remarks|Comment|Comments|Ghi chú|Nhu cầu|Nội dung|Mô tả|Description|Diễn giải|Yêu cầu|Last Results
		|Thông tin thêm|Ghi chú thêm|Nội dung quan tâm|Message|Tin nhắn""",
	# Words about products are seen by what is in the cells (services/import_preview.py) and go to the notes.
	"items": """Products|Product|Sản phẩm|Sản phẩm quan tâm|Products of Interest|Interested In|Mặt hàng|Mặt hàng quan tâm|Item Code
		|Mã hàng|Mã sản phẩm|Tên hàng|Tên sản phẩm|Product Code|Product Name|SKU|Items""",
	"_item_qty": "Quantity|Qty|Số lượng|SL|Quantity of the Product",
	"email_consent": "Email Consent|Đồng ý nhận email|Đồng ý nhận thư|Email Opt In|Đồng ý nhận tin qua email",
	"sms_consent": "SMS Consent|Đồng ý nhận SMS|Đồng ý nhận tin nhắn|SMS Opt In|Đồng ý nhận tin qua SMS",
	"call_consent": "Call Consent|Đồng ý nhận cuộc gọi|Đồng ý nghe gọi|Call Opt In|Đồng ý nhận tin qua điện thoại",
	"_tags": "Tags|Tag|Thẻ|Nhãn|Labels|Group Membership|Categories|Merge Codes",
	NOT_IMPORTED: """Sr|STT|Số thứ tự|No|No.|TT|Status|Trạng thái|Tình trạng|Score|Điểm|Reason Refused|Lý do bị từ chối|Line In File|Dòng trong tệp
		|Refused Column|Cột bị từ chối|Row Outcome|Kết quả của dòng|Look-Alike|Giống với|Zip|ZIP Code|Postal Code|Mã bưu chính|Business Postal Code|Fax|Business Fax|Số fax
		|E mail 1 Type|E mail 1 Label|Phone 1 Type|Phone 1 Label|Phone 2 Label|Phone 2 Type|Address 1 Label|Address 1 Type|Website 1 Label
		|Website 1 Type|Photo|Notes Language|Create Date|Edit Date|Created On|Last Modified|ID Status|Accountno|Ext1|Ext2|Phone Ext
		|E mail Type|E mail Display Name|Suffix|Name Suffix|Phonetic First Name|Phonetic Middle Name|Phonetic Last Name|Nickname
		|Data Issues|Vấn đề dữ liệu|Owner Name|Creation|Modified|Ngày tạo|Ngày sửa|Người tạo|Secr|Dear|Userdef01|Department|Phòng ban|Bộ phận
		|Home Street|Home City|Home State|Home Postal Code|Home Country Region|Other Phone|Phone3|Organization Department
		|Organization 1 Department|E mail 2 Address|E mail 3 Address|E mail 2 Value|E mail 2 Label|Address 1 Postal Code|Address 1 PO Box
		|Address 1 Country Code|Priority|Private|Sensitivity|Mileage|Language|Anniversary|Spouse|Children|Assistant's Phone|Assistant's Name""",
}

# Fields whose header says little: "Tên" may be the given name, or all of it when no other column holds a name.
KNOWN: dict[str, str] = {
	name_key(name): field
	for field, names in _NAMES.items()
	for name in (" ".join(part.split()) for part in names.split("|"))
}

# Program -> (headers that only its export has, what its words mean where others mean something else by them).
PROGRAMS: dict[str, tuple[frozenset[str], dict[str, str]]] = {
	# A list of this app: its last column is who wrote the record down, not who works on it.
	"SkyCRM": (frozenset({"sr", "owner"}), {"owner": NOT_IMPORTED, "sua doi": NOT_IMPORTED}),
	"Google Contacts": (
		frozenset({"e mail 1 value", "phone 1 value"}),
		{"name": "lead_name", "labels": "_tags"},
	),
	"Outlook": (
		frozenset({"business phone", "e mail address", "business street"}),
		{
			"title": "salutation",
			"phone": "phone",
			"business phone": "phone",
			"primary phone": NOT_IMPORTED,
			"home phone": NOT_IMPORTED,
			"company main phone": NOT_IMPORTED,
		},
	),
	"GoldMine": (
		frozenset({"contact", "lastname", "phone1"}),
		{
			"title": "job_title",
			"phone1": "phone",
			"phone2": "mobile_no",
			"phone 2": "mobile_no",
			"lastname": NOT_IMPORTED,
			"dear": NOT_IMPORTED,
		},
	),
	"ACT!": (
		frozenset({"contact", "id status", "record manager"}),
		{"title": "job_title", "salutation": NOT_IMPORTED, "alt phone": NOT_IMPORTED},
	),
}
# "Title" alone is what somebody is: few lists keep titles before names.
KNOWN.setdefault("title", "job_title")
