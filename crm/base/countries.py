"""Countries, recognised in what people write."""

from functools import cache

from babel import Locale
from babel.core import get_global

from crm.base.folding import fold

LANGUAGES = ("en", "es", "ru")
LONGEST_NAME = 100
# In CLDR's list of territories, but no countries: unions, outposts and codes for tests.
NO_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
# What people write beside the names and ISO codes that CLDR knows.
COMMON_NAMES = {
    "AE": ("UAE", "EAU", "Emirates", "Emiratos Árabes", "Эмираты"),
    "BA": ("Bosnia", "Босния"),
    "BO": ("Estado Plurinacional de Bolivia",),
    "BY": ("Белоруссия", "Republic of Belarus", "Республика Беларусь"),
    "CI": ("Ivory Coast",),
    "CN": ("PRC", "КНР"),
    "CZ": ("Czech Republic", "República Checa", "Чешская Республика"),
    "DE": ("Deutschland", "ФРГ"),
    "DO": ("Rep. Dominicana", "Dominican Rep.", "RD", "Доминикана"),
    "GB": (
        *("UK", "Great Britain", "Gran Bretaña", "Соединенное Королевство"),
        *("England", "Inglaterra", "Англия", "Scotland", "Escocia", "Wales", "Gales"),
    ),
    "HK": ("Hong Kong", "Гонконг"),
    "IR": ("Islamic Republic of Iran",),
    "KG": ("Киргизстан",),
    "KP": ("Северная Корея",),
    "KR": ("Korea", "Corea", "Южная Корея", "Корея"),
    "MD": ("Молдавия", "Republic of Moldova"),
    "MK": ("Macedonia", "Македония"),
    "MM": ("Burma", "Birmania", "Бирма"),
    "MO": ("Macao", "Macau", "Макао"),
    "MX": ("Mejico",),
    "NL": ("Holland", "Holanda", "The Netherlands", "Голландия"),
    "PS": ("Palestine", "Palestina", "Палестина"),
    "RU": ("РФ", "Russian Federation", "Federación Rusa", "Российская Федерация"),
    "SY": ("Syrian Arab Republic",),
    "SZ": ("Swaziland", "Suazilandia", "Свазиленд"),
    "TR": ("Turkey",),
    "UA": ("Україна",),
    "US": (
        *("U.S.", "United States of America", "The United States", "США"),
        *("EEUU", "EUA", "Estados Unidos de América", "Estados Unidos de Norteamérica"),
        "Соединенные Штаты Америки",
    ),
    "VA": ("Vatican", "Vaticano", "Holy See", "Santa Sede"),
    "VE": (
        *("Bolivarian Republic of Venezuela", "República Bolivariana de Venezuela"),
        "Боливарианская Республика Венесуэла",
    ),
    "VN": ("Viet Nam",),
}


def country_code(name: str) -> str | None:
    """Return the ISO 3166 alpha-2 code of the country that ``name`` tells of, or None.

    ``name`` is an ISO code of two or three letters, or a name in English, Spanish or Russian,
    without regard to case, accents and punctuation.
    """
    folded = fold(name[:LONGEST_NAME])
    codes = _codes_by_name()
    return codes.get(folded) or codes.get(_abbreviation(folded))


def _abbreviation(folded: str) -> str:
    """Join the letters of "ee uu" and "u s a"; return other names as they are."""
    parts = folded.split()
    return "".join(parts) if all(len(part) <= 2 for part in parts) else folded


@cache
def _codes_by_name() -> dict[str, str]:
    known = _iso_codes()
    for language in LANGUAGES:
        for code, name in Locale(language).territories.items():
            if code in _countries():
                known.setdefault(fold(name), code)
    for code, names in COMMON_NAMES.items():
        known.update(dict.fromkeys(map(fold, names), code))
    return known


def _iso_codes() -> dict[str, str]:
    countries = _countries()
    # Their aliases of two letters are withdrawn codes, which today mean something else.
    aliases = get_global("territory_aliases")
    alpha_3 = {
        fold(alias): codes[0]
        for alias, codes in aliases.items()
        if len(alias) == 3 and alias.isalpha() and len(codes) == 1 and codes[0] in countries
    }
    return alpha_3 | {fold(code): code for code in countries}


@cache
def _countries() -> frozenset[str]:
    territories = map(str, Locale("en").territories)
    return frozenset(code for code in territories if len(code) == 2) - NO_COUNTRIES
