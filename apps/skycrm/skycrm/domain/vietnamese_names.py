"""Words of Vietnamese names, folded: they tell a Vietnamese full name (family first) from a western one (given first)."""

# The fourteen most frequent family names cover nine in ten people; the rest are those of Kinh, Hoa, Tày, Thái, Mường,
# Nùng, Khmer, Chăm, Ê Đê, Mông and others that occur in records. A name that is missing here only means that
# a full name without any tone mark is split given-first; the user can put it right in the form.
FAMILY_NAMES: frozenset[str] = frozenset(
	"""
	nguyen tran le pham huynh hoang phan vu vo dang bui do ho ngo duong ly an au ba bach ban banh bang be bien bo ca
	cai cam can cao cat chau che chieu chu chung chuong co con cong cu cung cuong da dai dam dan danh dao dau dien
	diec diep dinh doan dong du duc duy dieu gia giang giap gip ha han hau hien hinh hoa hong hua hung hy kha khai
	khau khieu khoang khong khuat khuc khuong khuu kieu kim la lac lai lam lang lau lien lieu linh lo loan long lu
	lua luc luong luu luyen ma mac mach mai man mang mau mo mong mou mua my nay ngac nghe nghiem nghi ngu nguy nham
	nhan nhu ninh nong ong oi on pan phi pho phong phu phung phuong quach quan quang que sam sai son soan su sy ta
	tan tang tao tat tham thach thai than thang thanh thao thi thiep thieu thong tiet tieu to ton tong tra trac
	trang tri trieu trinh troi truong truc trung truy tu tuan tuong ty ung uong van vi vien vinh vong vuong vuu xa
	xuan y yen
	""".split()
)

# Families whose names do not sound Vietnamese: they come first all the same.
HIGHLAND_FAMILY_NAMES: frozenset[str] = frozenset(
	"ksor rcom rmah rahlan rolan siu nie kpa hdok kbuor mlo ayun eban buonya kra jan ro".split()
)

# Family names that are hardly ever given: as the last word they tell that the given name was written first.
NEVER_GIVEN: frozenset[str] = frozenset(
	"nguyen tran le pham huynh phan vo bui ngo do ho dang duong trinh".split()
)

# Before a western family name, part of it: van Gogh, de la Cruz, bin Laden.
PARTICLES: frozenset[str] = frozenset(
	"van von der den de da do dos du la le del di bin binti al el ter".split()
)

# Two or more words that are one family name, longest first where one begins with another.
COMPOUND_FAMILY_NAMES: tuple[str, ...] = (
	"cong tang ton nu",
	"cong huyen ton nu",
	"huyen tang ton nu",
	"huyen ton nu",
	"cong ton nu",
	"ton that",
	"ton nu",
	"au duong",
	"tu ma",
	"gia cat",
	"thuong quan",
	"hoang phu",
	"doc co",
	"chung ly",
)

# Titles before a name, in lower case and without dots -> the Salutation record that the framework brings, "" where none
# fits. Tone marks stay: "Chú" is a title, "Chu" a family name.
TITLES: dict[str, str] = {
	"ông": "Mr",
	"bà": "Mrs",
	"anh": "Mr",
	"chị": "Ms",
	"cô": "Ms",
	"chú": "Mr",
	"bác": "",
	"em": "",
	"thầy": "Mr",
	"quý ông": "Mr",
	"quý bà": "Mrs",
	"ông/bà": "",
	"anh/chị": "",
	"a/c": "",
	"mr": "Mr",
	"mister": "Mr",
	"mrs": "Mrs",
	"ms": "Ms",
	"miss": "Miss",
	"mx": "Mx",
	"madam": "Madam",
	"mme": "Madam",
	"dr": "Dr",
	"prof": "Prof",
	"professor": "Prof",
	"ts": "Dr",
	"tiến sĩ": "Dr",
	"ths": "",
	"thạc sĩ": "",
	"gs": "Prof",
	"giáo sư": "Prof",
	"gsts": "Prof",
	"pgs": "Prof",
	"pgsts": "Prof",
	"bs": "Dr",
	"bác sĩ": "Dr",
	"ks": "",
	"kỹ sư": "",
	"kĩ sư": "",
	"ls": "",
	"luật sư": "",
	"kts": "",
}
# The same typed without tone marks: a title only before a family name that cannot be anything else.
TITLES_WITHOUT_MARKS: dict[str, str] = {"ong": "Mr", "ba": "Mrs", "chi": "Ms", "thay": "Mr"}
