#!/usr/bin/env python3
"""Makes src/signal/data/places.tsv: names of places with their codes.

    tools/make_places.py CHINA_DIVISION_DIST JIEBA_DICT OUT.tsv

Run by hand when the sources change; the result is committed. Sources:
  - china-division 2.7 (npm, MIT): GB/T 2260 provinces, cities, counties;
  - the dictionary of jieba 0.42 (MIT), frequency and part of speech of words: a short name (without
    its 省, 市, 县, 区) that is an ordinary word is left out, and longer ordinary words that hold a short
    name (三明治, 孙中山) become blockers, so that the longest match steps over them;
  - the lists below, public knowledge: abbreviations of provinces, dialect areas, places elsewhere.

Lines: kind TAB name TAB code. Kinds: H Han name, A one-character abbreviation, B blocker (no code),
L Latin name in lower case without accents.
"""
import csv
import re
import sys

ABBREVIATIONS = {
    "京": "11", "津": "12", "冀": "13", "晋": "14", "蒙": "15", "辽": "21", "吉": "22", "黑": "23",
    "沪": "31", "申": "31", "苏": "32", "浙": "33", "皖": "34", "闽": "35", "赣": "36", "鲁": "37",
    "豫": "41", "鄂": "42", "湘": "43", "粤": "44", "桂": "45", "琼": "46", "渝": "50", "川": "51",
    "蜀": "51", "贵": "52", "黔": "52", "云": "53", "滇": "53", "藏": "54", "陕": "61", "秦": "61",
    "甘": "62", "陇": "62", "青": "63", "宁": "64", "新": "65", "台": "71", "港": "81", "澳": "82",
}
AREAS = {
    "粤西": "44", "粤东": "44", "粤北": "44", "潮汕": "44", "珠三角": "44", "闽南": "35",
    "闽北": "35", "闽西": "35", "闽东": "35", "苏北": "32", "苏南": "32", "苏中": "32",
    "皖北": "34", "皖南": "34", "鲁西南": "37", "鲁南": "37", "鲁西": "37", "鲁北": "37",
    "胶东": "37", "豫东": "41", "豫南": "41", "豫北": "41", "豫西": "41", "鄂西": "42",
    "鄂东": "42", "鄂北": "42", "湘南": "43", "湘北": "43", "湘中": "43", "赣南": "36",
    "赣北": "36", "赣西": "36", "桂北": "45", "桂西": "45", "桂南": "45", "桂东南": "45",
    "川东": "51", "川南": "51", "川西": "51", "川北": "51", "陕北": "61", "陕南": "61",
    "关中": "61", "陇东": "62", "冀南": "13", "冀中": "13", "冀东": "13", "晋北": "14",
    "晋南": "14", "晋西": "14", "辽西": "21", "辽南": "21", "黔北": "52", "黔西": "52",
    "滇西": "53", "滇东": "53", "滇南": "53", "浙南": "33", "浙北": "33", "浙西": "33",
    "浙东": "33", "琼北": "46", "北疆": "65", "南疆": "65", "江浙": "", "江浙沪": "",
    "长三角": "", "东三省": "", "两广": "", "云贵": "", "云贵川": "", "川渝": "", "西南": "",
    "西北": "", "华北": "", "华东": "", "华南": "", "华中": "", "东北": "", "雷州": "44",
    "香港": "81", "九龙": "81", "新界": "81", "澳门": "82", "台湾": "71", "台北": "71",
    "高雄": "71", "台中": "71", "台南": "71",
}
ABROAD_HAN = {
    "菲律宾": "PH", "马尼拉": "PH-MNL", "宿务": "PH-CEB", "印尼": "ID", "印度尼西亚": "ID",
    "雅加达": "ID-JK", "泗水": "ID-JI", "越南": "VN", "河内": "VN-HN", "胡志明": "VN-SG",
    "柬埔寨": "KH", "金边": "KH-12", "缅甸": "MM", "老挝": "LA", "泰国": "TH", "曼谷": "TH-10",
    "马来西亚": "MY", "新加坡": "SG",
}
LATIN = {
    "PH": "philippines pinas",
    "PH-MNL": "manila|metro manila|quezon city|makati|pasig|taguig|caloocan|paranaque|las pinas|"
              "muntinlupa|marikina|mandaluyong|pasay|malabon|navotas|valenzuela|tondo|ncr",
    "PH-CEB": "cebu|cebu city|mandaue|lapu lapu|talisay", "PH-DAS": "davao|davao city",
    "PH-CAV": "cavite|bacoor|imus|dasmarinas", "PH-LAG": "laguna|calamba|santa rosa|binan",
    "PH-BUL": "bulacan|malolos|meycauayan", "PH-RIZ": "rizal|antipolo|cainta|taytay",
    "PH-PAM": "pampanga|angeles city|san fernando", "PH-BTG": "batangas|lipa",
    "PH-PAN": "pangasinan|dagupan|urdaneta", "PH-NUE": "nueva ecija|cabanatuan",
    "PH-TAR": "tarlac", "PH-ZMB": "zambales|olongapo", "PH-ILI": "iloilo", "PH-NEC": "bacolod|negros",
    "PH-LEY": "leyte|tacloban|ormoc", "PH-BOH": "bohol|tagbilaran", "PH-ZAS": "zamboanga",
    "PH-MSR": "cagayan de oro|misamis", "PH-SCO": "general santos|gensan|cotabato",
    "PH-BEN": "baguio|benguet", "PH-QUE": "lucena", "PH-CAS": "camarines|naga city",
    "PH-ALB": "albay|legazpi", "PH-SOR": "sorsogon", "PH-PLW": "palawan", "PH-BUK": "bukidnon",
    "PH-AGN": "butuan|agusan", "PH-SUN": "surigao", "PH-LUN": "la union", "PH-ILN": "ilocos",
    "PH-ISA": "isabela", "PH-CAG": "tuguegarao",
    "ID": "indonesia", "ID-JK": "jakarta|jaksel|jakbar|jaktim|jakut|jakpus|jabodetabek",
    "ID-JB": "jawa barat|jabar|bandung|bekasi|depok|bogor|cirebon|sukabumi|karawang|tasikmalaya|"
             "garut|cianjur|cimahi",
    "ID-BT": "banten|tangerang|tangsel|serang|cilegon",
    "ID-JT": "jawa tengah|jateng|semarang|surakarta|pekalongan|tegal|magelang|purwokerto|kudus",
    "ID-YO": "yogyakarta|jogja|jogjakarta|sleman|bantul",
    "ID-JI": "jawa timur|jatim|surabaya|malang|sidoarjo|gresik|kediri|jember|banyuwangi|madiun|"
             "mojokerto|pasuruan|probolinggo|blitar|madura",
    "ID-BA": "bali|denpasar", "ID-SU": "sumatera utara|sumut|medan|deli serdang|binjai|siantar",
    "ID-SB": "sumatera barat|sumbar|bukittinggi", "ID-RI": "riau|pekanbaru|dumai",
    "ID-KR": "batam|kepri|tanjungpinang", "ID-JA": "jambi", "ID-SS": "palembang|sumsel",
    "ID-LA": "lampung", "ID-BE": "bengkulu", "ID-AC": "aceh", "ID-KB": "pontianak|kalbar|singkawang",
    "ID-KS": "banjarmasin|kalsel|banjarbaru", "ID-KI": "samarinda|balikpapan|kaltim",
    "ID-KT": "palangkaraya|kalteng", "ID-SN": "makassar|sulsel|gowa|parepare", "ID-SA": "manado",
    "ID-ST": "palu|sulteng", "ID-SG": "kendari", "ID-NB": "lombok|mataram|ntb", "ID-NT": "kupang|ntt",
    "ID-MA": "ambon", "ID-PA": "jayapura|papua",
    "VN": "vietnam|viet nam", "VN-HN": "ha noi|hanoi",
    "VN-SG": "ho chi minh|hcm|tphcm|tp hcm|sai gon|saigon|sg|thu duc|binh tan|go vap|cu chi",
    "VN-DN": "da nang|danang", "VN-HP": "hai phong|haiphong", "VN-CT": "can tho",
    "VN-39": "dong nai|bien hoa", "VN-57": "binh duong|thu dau mot|di an|thuan an",
    "VN-41": "long an", "VN-46": "tien giang|my tho", "VN-50": "ben tre", "VN-49": "vinh long",
    "VN-51": "tra vinh", "VN-45": "dong thap", "VN-44": "an giang|long xuyen", "VN-47": "kien giang",
    "VN-59": "ca mau", "VN-55": "bac lieu", "VN-52": "soc trang", "VN-73": "hau giang",
    "VN-43": "vung tau|ba ria", "VN-37": "tay ninh", "VN-58": "binh phuoc", "VN-35": "lam dong|da lat",
    "VN-33": "dak lak|daklak|buon ma thuot", "VN-30": "gia lai|pleiku", "VN-28": "kon tum",
    "VN-34": "khanh hoa|nha trang", "VN-31": "binh dinh|quy nhon", "VN-29": "quang ngai",
    "VN-27": "quang nam|hoi an", "VN-26": "thua thien hue", "VN-25": "quang tri",
    "VN-24": "quang binh", "VN-23": "ha tinh", "VN-22": "nghe an", "VN-21": "thanh hoa",
    "VN-67": "nam dinh", "VN-20": "thai binh", "VN-18": "ninh binh", "VN-61": "hai duong",
    "VN-66": "hung yen", "VN-56": "bac ninh", "VN-54": "bac giang", "VN-69": "thai nguyen",
    "VN-68": "phu tho|viet tri", "VN-70": "vinh phuc", "VN-13": "quang ninh|ha long",
    "VN-09": "lang son", "VN-04": "cao bang", "VN-03": "ha giang", "VN-02": "lao cai|sa pa",
    "VN-06": "yen bai", "VN-05": "son la", "VN-71": "dien bien", "VN-14": "hoa binh",
    "VN-40": "binh thuan|phan thiet", "VN-36": "ninh thuan", "VN-32": "phu yen|tuy hoa",
}
PEOPLES = ("蒙古族 藏族 回族 满族 土家族 苗族 侗族 布依族 彝族 壮族 傣族 哈尼族 白族 景颇族 傈僳族 羌族 朝鲜族 "
           "哈萨克族 哈萨克 柯尔克孜 蒙古 瑶族 黎族 畲族 仫佬族 毛南族 仡佬族 拉祜族 佤族 布朗族 纳西族 普米族 怒族 独龙族 "
           "撒拉族 东乡族 保安族 裕固族 土族 塔吉克 锡伯 达斡尔族 鄂伦春 鄂温克族 各族 维吾尔 水族").split()
SUFFIXES = ("特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "自治州", "自治县", "自治旗",
            "地区", "林区", "新区", "省", "市", "盟", "县", "区", "旗")
WORD_FREQUENT = 1500   # a city's short name that is no place word and commoner than this is left out
COUNTY_FREQUENT = 1000
BLOCKER_FREQUENT = 3  # rarer words are not worth a line


def words(path):
    with open(path, encoding="utf-8") as f:
        return {w: (int(n), p) for w, n, p in (line.split() for line in f)}


def rows(dist, name):
    with open(f"{dist}/{name}.csv", encoding="utf-8") as f:
        return list(csv.DictReader(f))


def shorten(name):
    for suffix in SUFFIXES:
        if name.endswith(suffix) and len(name) - len(suffix) >= 2:
            name = name[:-len(suffix)]
            break
    changed = True
    while changed:
        changed = False
        for people in PEOPLES:
            if name.endswith(people) and len(name) - len(people) >= 2:
                name, changed = name[:-len(people)], True
    return name


def is_placeword(dictionary, word):
    return dictionary.get(word, (0, "ns"))[1].startswith("ns")


def keep_city(dictionary, short):
    return is_placeword(dictionary, short) or dictionary[short][0] < WORD_FREQUENT


def keep_county(dictionary, short, full):
    if len(short) < 2:
        return False
    if short not in dictionary:
        return len(short) >= 3 or full.endswith("市")
    return is_placeword(dictionary, short) and dictionary[short][0] < COUNTY_FREQUENT


def add(names, name, code):
    """Equal names of several places keep the part of the code they share."""
    old = names.get(name)
    if old is None or old == code:
        names[name] = code
    elif not code.startswith(old):
        shared = 0
        while shared < min(len(old), len(code)) and old[shared:shared + 2] == code[shared:shared + 2]:
            shared += 2
        names[name] = old[:shared]


def china(dist, dictionary):
    names = {}
    for row in rows(dist, "provinces"):
        names[row["name"]] = names[shorten(row["name"])] = row["code"]
    for row in rows(dist, "cities"):
        if re.match("市辖区|县$|.*直辖县级", row["name"]):
            continue
        add(names, row["name"], row["code"])
        short = shorten(row["name"])
        if short not in names and keep_city(dictionary, short):
            names[short] = row["code"]
    cities = set(names)
    fulls = {r["name"] for r in rows(dist, "areas")}
    for row in rows(dist, "areas"):
        if row["name"] in ("市辖区",) or len(row["name"]) < 2:
            continue
        if len(row["name"]) >= 3 or is_placeword(dictionary, row["name"]):
            add(names, row["name"], row["code"])
        short = shorten(row["name"])
        if short not in cities and keep_county(dictionary, short, row["name"]):
            add(names, short, row["code"])
    shorts = set(names) - fulls
    names = {n: c for n, c in names.items() if c or n not in shorts}
    for name, code in AREAS.items():
        names[name] = code
    return names


def blockers(names, dictionary):
    short = {n for n in names if len(n) == 2}
    found = set()
    for word, (frequency, pos) in dictionary.items():
        if frequency < BLOCKER_FREQUENT or not 3 <= len(word) <= 6 or word in names:
            continue
        if pos.startswith(("ns", "nt", "nr")) and any(word.startswith(s) for s in short):
            continue
        if word[:2] in short and word[2:] in ("人", "队", "话", "省委", "市委", "机场"):
            continue
        if any(word[i:i + 2] in short for i in range(len(word) - 1)):
            found.add(word)
    return found


def main():
    dist, jieba, out = sys.argv[1:]
    dictionary = words(jieba)
    names = china(dist, dictionary)
    lines = [("H", n, f"CN-{c}" if c else "CN") for n, c in names.items()]
    lines += [("H", n, c) for n, c in ABROAD_HAN.items()]
    lines += [("A", n, f"CN-{c}") for n, c in ABBREVIATIONS.items()]
    lines += [("B", n, "") for n in blockers(names, dictionary)]
    for code, text in LATIN.items():
        lines += [("L", n, code) for n in (text.split("|") if "|" in text else
                                           text.split() if code in ("PH",) else [text])]
    with open(out, "w", encoding="utf-8", newline="\n") as f:
        f.write("# Made by tools/make_places.py from china-division (MIT) and jieba's dictionary (MIT).\n")
        for line in sorted(lines):
            f.write("\t".join(line).rstrip("\t") + "\n")


if __name__ == "__main__":
    main()
