"""What the demo firm sells and to whom: plain data, written for the demo."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Product:
	code: str
	name: str
	group: str
	uom: str
	price: int  # VND before VAT
	cost: int
	stock: int


FURNITURE, PRINTERS, SUPPLIES, MEETING, NETWORK = (
	"Nội thất văn phòng",
	"Máy in và máy quét",
	"Văn phòng phẩm",
	"Thiết bị phòng họp",
	"Thiết bị mạng",
)

PRODUCTS = (
	Product("GHE-01", "Ghế xoay lưng lưới", FURNITURE, "Cái", 1_450_000, 980_000, 120),
	Product("GHE-02", "Ghế giám đốc bọc da", FURNITURE, "Cái", 4_900_000, 3_350_000, 25),
	Product("GHE-03", "Ghế gấp phòng họp", FURNITURE, "Cái", 620_000, 410_000, 200),
	Product("BAN-01", "Bàn làm việc 1,2 m", FURNITURE, "Cái", 1_850_000, 1_240_000, 80),
	Product("BAN-02", "Bàn nâng hạ điện", FURNITURE, "Cái", 8_700_000, 6_100_000, 18),
	Product("BAN-03", "Bàn họp 12 người", FURNITURE, "Bộ", 15_800_000, 11_200_000, 6),
	Product("TU-01", "Tủ hồ sơ sắt 4 cánh", FURNITURE, "Cái", 3_300_000, 2_250_000, 35),
	Product("TU-02", "Hộc di động 3 ngăn", FURNITURE, "Cái", 1_250_000, 830_000, 90),
	Product("VAC-01", "Vách ngăn bàn làm việc", FURNITURE, "Cái", 780_000, 520_000, 150),
	Product("SOF-01", "Bộ sofa tiếp khách", FURNITURE, "Bộ", 18_500_000, 13_400_000, 4),
	Product("IN-01", "Máy in laser đen trắng", PRINTERS, "Cái", 4_250_000, 3_500_000, 40),
	Product("IN-02", "Máy in laser màu", PRINTERS, "Cái", 9_900_000, 8_150_000, 15),
	Product("IN-03", "Máy in đa chức năng A3", PRINTERS, "Cái", 38_500_000, 31_900_000, 5),
	Product("QUET-01", "Máy quét hai mặt 40 trang/phút", PRINTERS, "Cái", 12_400_000, 9_980_000, 9),
	Product("HUY-01", "Máy hủy tài liệu", PRINTERS, "Cái", 3_950_000, 2_900_000, 22),
	Product("MUC-01", "Hộp mực in laser đen", SUPPLIES, "Hộp", 1_150_000, 790_000, 160),
	Product("MUC-02", "Bộ mực in màu bốn hộp", SUPPLIES, "Bộ", 5_600_000, 4_300_000, 30),
	Product("GIAY-01", "Giấy A4 định lượng 70", SUPPLIES, "Ram", 72_000, 58_000, 2400),
	Product("GIAY-02", "Giấy A4 định lượng 80", SUPPLIES, "Ram", 85_000, 69_000, 1800),
	Product("GIAY-03", "Giấy A3 định lượng 80", SUPPLIES, "Ram", 175_000, 141_000, 420),
	Product("BUT-01", "Bút bi hộp 20 cây", SUPPLIES, "Hộp", 76_000, 52_000, 600),
	Product("SO-01", "Sổ tay bìa da in logo", SUPPLIES, "Quyển", 98_000, 61_000, 900),
	Product("BIA-01", "Bìa còng 7 cm", SUPPLIES, "Cái", 46_000, 31_000, 1100),
	Product("CHIEU-01", "Máy chiếu 4.000 lumen", MEETING, "Cái", 16_900_000, 13_700_000, 12),
	Product("CHIEU-02", "Màn chiếu điện 120 inch", MEETING, "Cái", 2_350_000, 1_620_000, 26),
	Product("HOP-01", "Bộ họp trực tuyến có camera", MEETING, "Bộ", 27_500_000, 22_400_000, 8),
	Product("TV-01", "Màn hình tương tác 65 inch", MEETING, "Cái", 42_000_000, 35_300_000, 3),
	Product("MANG-01", "Bộ phát wifi doanh nghiệp", NETWORK, "Cái", 3_750_000, 2_880_000, 45),
	Product("MANG-02", "Bộ chuyển mạch 24 cổng", NETWORK, "Cái", 6_400_000, 5_050_000, 20),
	Product("MANG-03", "Tủ mạng 15U", NETWORK, "Cái", 2_950_000, 2_050_000, 14),
)

FAMILY_NAMES = (
	*("Nguyễn",) * 8,
	*("Trần",) * 4,
	*("Lê",) * 3,
	*("Phạm",) * 2,
	"Hoàng",
	"Huỳnh",
	"Phan",
	"Vũ",
	"Võ",
	"Đặng",
	"Bùi",
	"Đỗ",
	"Hồ",
	"Ngô",
	"Dương",
	"Lý",
)
MEN = (
	("Văn", "Đức", "Quang", "Minh", "Hữu", "Thành", "Công", "Xuân"),
	(
		"An",
		"Bình",
		"Cường",
		"Dũng",
		"Hải",
		"Hùng",
		"Khánh",
		"Long",
		"Nam",
		"Phúc",
		"Quân",
		"Sơn",
		"Tuấn",
		"Việt",
	),
)
WOMEN = (
	("Thị", "Ngọc", "Thu", "Thanh", "Mai", "Kim", "Hồng", "Bích"),
	(
		"Anh",
		"Chi",
		"Dung",
		"Giang",
		"Hà",
		"Hương",
		"Lan",
		"Linh",
		"Mai",
		"Nga",
		"Phương",
		"Thảo",
		"Trang",
		"Yến",
	),
)
JOBS = (
	"Giám đốc",
	"Phó giám đốc",
	"Trưởng phòng hành chính",
	"Trưởng phòng mua hàng",
	"Nhân viên mua hàng",
	"Kế toán trưởng",
	"Trưởng phòng CNTT",
	"Hiệu trưởng",
)

ORGANISATION_FORMS = ("Công ty TNHH", "Công ty Cổ phần", "Công ty TNHH MTV")
ORGANISATION_TRADES = (
	"Xây dựng",
	"Thương mại",
	"Dịch vụ Vận tải",
	"May mặc",
	"Thực phẩm",
	"Dược phẩm",
	"Bất động sản",
	"Công nghệ",
	"Cơ khí",
	"Du lịch",
	"Bao bì",
	"Nội thất",
)
ORGANISATION_NAMES = (
	"An Phát",
	"Bình Minh",
	"Cửu Long",
	"Đại Dương",
	"Đông Á",
	"Gia Hưng",
	"Hải Đăng",
	"Hoa Sen Vàng",
	"Hòa Bình Xanh",
	"Hưng Thịnh",
	"Kim Long",
	"Lam Sơn",
	"Minh Quân",
	"Nam Cường",
	"Phú Quý",
	"Quang Trung",
	"Sông Hồng",
	"Tân Tiến",
	"Thái Dương",
	"Thăng Long",
	"Thiên Ân",
	"Tiến Phát",
	"Trường Sơn",
	"Việt Hưng",
)
SCHOOLS = (
	"Trường THPT Nguyễn Trãi",
	"Trường Cao đẳng Nghề Bắc Hà",
	"Bệnh viện Đa khoa Tâm An",
	"Trường Mầm non Hoa Mai",
	"Ủy ban nhân dân phường Tân Lập",
)

# (city, province or city of central rank, territory, street names)
CITIES = (
	("Hà Nội", "Miền Bắc", ("Nguyễn Trãi", "Láng Hạ", "Trần Duy Hưng", "Phạm Hùng", "Kim Mã")),
	("Hải Phòng", "Miền Bắc", ("Lạch Tray", "Điện Biên Phủ", "Tô Hiệu")),
	("Bắc Ninh", "Miền Bắc", ("Lý Thái Tổ", "Trần Hưng Đạo")),
	("Đà Nẵng", "Miền Trung", ("Nguyễn Văn Linh", "Bạch Đằng", "Lê Duẩn")),
	("Huế", "Miền Trung", ("Hùng Vương", "Lê Lợi")),
	("TP. Hồ Chí Minh", "Miền Nam", ("Nguyễn Huệ", "Cách Mạng Tháng Tám", "Điện Biên Phủ", "Lê Văn Sỹ")),
	("Cần Thơ", "Miền Nam", ("Ba Mươi Tháng Tư", "Mậu Thân")),
	("Đồng Nai", "Miền Nam", ("Phạm Văn Thuận", "Đồng Khởi")),
)
TERRITORIES = ("Miền Bắc", "Miền Trung", "Miền Nam")
CUSTOMER_GROUPS = ("Doanh nghiệp", "Cơ quan và trường học", "Khách lẻ")

COMPETITORS = ("Nội thất Phố Xanh", "Thiết bị Số Việt", "Văn phòng phẩm Hà Thành")
NEXT_STEPS = (
	"Gọi lại xác nhận số lượng",
	"Gửi mẫu ghế để khách ngồi thử",
	"Khảo sát mặt bằng văn phòng",
	"Chốt lịch giao hàng",
	"Gửi lại báo giá sau khi trao đổi",
	"Hẹn gặp trưởng phòng mua hàng",
)
UNQUALIFIED_REASONS = (
	"Khách chỉ hỏi giá, chưa có nhu cầu mua.",
	"Không liên lạc được sau ba lần gọi.",
	"Ngân sách thấp hơn mức tối thiểu.",
	"Đã mua của đơn vị khác.",
)
