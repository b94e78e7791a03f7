"""How Vietnam renumbered its phones: the tables that bring an old number to today's."""

# Mobile numbers of eleven digits lost one, 15 September to 14 November 2018: decision 798/QD-BTTTT of 29 May 2018 of the
# Ministry of Information and Communications, under the numbering plan of circular 22/2014/TT-BTTTT.
# First digits after the zero: old -> new.
MOBILE_PREFIXES_2018: dict[str, str] = {
	# MobiFone
	"120": "70",
	"121": "79",
	"122": "77",
	"126": "76",
	"128": "78",
	# VinaPhone
	"123": "83",
	"124": "84",
	"125": "85",
	"127": "81",
	"129": "82",
	# Viettel
	"162": "32",
	"163": "33",
	"164": "34",
	"165": "35",
	"166": "36",
	"167": "37",
	"168": "38",
	"169": "39",
	# Vietnamobile
	"186": "56",
	"188": "58",
	# Gmobile
	"199": "59",
}

# Area codes changed in three steps in 2017: decision 2036/QD-BTTTT of 21 November 2016. The subscriber's own digits
# stayed. Many old landlines have the digits of a mobile number of today (08 3825 4321 is now 083 825 4321): the caller
# asks for today's meaning first, and comes here only for numbers that have none.
AREA_CODES_2017: dict[str, str] = {
	# 11 February 2017
	"22": "212",  # Sơn La
	"231": "213",  # Lai Châu
	"20": "214",  # Lào Cai
	"230": "215",  # Điện Biên
	"29": "216",  # Yên Bái
	"52": "232",  # Quảng Bình
	"53": "233",  # Quảng Trị
	"54": "234",  # Thừa Thiên Huế
	"510": "235",  # Quảng Nam
	"511": "236",  # Đà Nẵng
	"37": "237",  # Thanh Hóa
	"38": "238",  # Nghệ An
	"39": "239",  # Hà Tĩnh
	# 15 April 2017
	"33": "203",  # Quảng Ninh
	"240": "204",  # Bắc Giang
	"25": "205",  # Lạng Sơn
	"26": "206",  # Cao Bằng
	"27": "207",  # Tuyên Quang
	"280": "208",  # Thái Nguyên
	"281": "209",  # Bắc Kạn
	"320": "220",  # Hải Dương
	"321": "221",  # Hưng Yên
	"241": "222",  # Bắc Ninh
	"31": "225",  # Hải Phòng
	"351": "226",  # Hà Nam
	"36": "227",  # Thái Bình
	"350": "228",  # Nam Định
	"30": "229",  # Ninh Bình
	"780": "290",  # Cà Mau
	"781": "291",  # Bạc Liêu
	"710": "292",  # Cần Thơ
	"711": "293",  # Hậu Giang
	"74": "294",  # Trà Vinh
	"76": "296",  # An Giang
	"77": "297",  # Kiên Giang
	"79": "299",  # Sóc Trăng
	# 17 June 2017
	"4": "24",  # Hà Nội
	"8": "28",  # Thành phố Hồ Chí Minh
	"61": "251",  # Đồng Nai
	"62": "252",  # Bình Thuận
	"64": "254",  # Bà Rịa - Vũng Tàu
	"55": "255",  # Quảng Ngãi
	"56": "256",  # Bình Định
	"57": "257",  # Phú Yên
	"58": "258",  # Khánh Hòa
	"68": "259",  # Ninh Thuận
	"60": "260",  # Kon Tum
	"501": "261",  # Đắk Nông
	"500": "262",  # Đắk Lắk
	"63": "263",  # Lâm Đồng
	"59": "269",  # Gia Lai
	"70": "270",  # Vĩnh Long
	"651": "271",  # Bình Phước
	"72": "272",  # Long An
	"73": "273",  # Tiền Giang
	"650": "274",  # Bình Dương
	"75": "275",  # Bến Tre
	"66": "276",  # Tây Ninh
	"67": "277",  # Đồng Tháp
}
