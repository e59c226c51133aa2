"""Input that has broken systems like this one; every endpoint is given all of it.

JSON values are written as text, because most of them cannot be written any other way.
"""

import base64
import json
from dataclasses import dataclass

DEEP = {"33 levels": 33, "2,000 levels": 2_000, "100,000 levels": 100_000}


def nested(levels: int, opening: str = "[", closing: str = "]") -> str:
    return opening * levels + closing * levels


# --- Values of one field, as JSON text -----------------------------------------------------------

WRONG_TYPES = {
    "null": "null",
    "true": "true",
    "float": "1.5",
    "list": '["a", "b"]',
    "empty list": "[]",
    "object": '{"a": 1}',
    "empty object": "{}",
    **{name: nested(levels) for name, levels in DEEP.items()},
    "2,000 objects deep": '{"a":' * 2_000 + "1" + "}" * 2_000,
}
NUMBERS = {
    "1e400": "1e400",
    "-1e400": "-1e400",
    "NaN": "NaN",
    "Infinity": "Infinity",
    "10**5000": "1" + "0" * 5_000,
    "-0": "-0",
    "-0.0": "-0.0",
    "-1": "-1",
    "2**15": str(2**15),
    "2**31": str(2**31),
    "2**63": str(2**63),
    "2**64": str(2**64),
    "-2**63-1": str(-(2**63) - 1),
    "1e-400": "1e-400",
    "0.1 + 0.2": "0.30000000000000004",
}
TEXTS = {
    "empty": "",
    "spaces": "   ",
    "lone surrogate": "a\ud800b",
    "reversed surrogates": "\udc00\ud800",
    "NUL": "a\0b",
    "control characters": "a\x01\x08\x1b[31mb",
    "CRLF": "a\r\nSet-Cookie: b=c",
    "400 characters": "x" * 400,
    "20,000 characters": "x" * 20_000,
    "right-to-left override": "\u202egpj.exe",
    "zero width": "\u200b\u200b\ufeff",
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈",
    "combining bomb": "Z" + "\u0301\u0316" * 200,
    "other digits": "٣٤٥٦٧٨٩٠",
    "full width": "ａｄｍｉｎ＠ｘ．ｃｏｍ",
    "not normalised": "e\u0301 \ufb01 \u212b",
    "noncharacter": "a\uffff\U0010ffff",
    "SQL": "'; DROP TABLE customers_customer; --",
    "LIKE wildcards": "%_%[a-z]*?\\",
    "FTS syntax": '" OR NEAR(a b) * ^ col:x AND NOT',
    "template": "{{ 7*7 }}{% debug %}${7*7}%(name)s%s{0}",
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "formula": '=HYPERLINK("http://x/","y")',
    "path": "../../../etc/passwd\\..\\x",
    "year 0": "0000-01-01T00:00:00Z",
    "year 1 in the east": "0001-01-01T00:00:00+23:59",
    "year 9999 in the west": "9999-12-31T23:59:59-23:59",
    "year 10000": "10000-01-01T00:00:00Z",
    "no time zone": "2026-01-01T00:00:00",
    "31 February": "2026-02-31T00:00:00Z",
    "leap second": "2026-06-30T23:59:60Z",
    "number": "900000",  # no id: those of one database go on where a test before left them
    "true as text": "true",
    "javascript address": "javascript:alert(1)",
    "address of ourselves": "http://127.0.0.1:8000/admin/",
    "address of no host": "https://[::1",
    "phone of letters": "+58 412 ABC-DEFG",
    "phone of 60 digits": "+" + "5" * 60,
    "email with a line break": "a@example.org\nBcc: b@example.org",
    "email without a top": "a@b",
    "two at signs": "a@b@example.org",
}
FIELD_VALUES = {
    **WRONG_TYPES,
    **NUMBERS,
    **{name: json.dumps(text) for name, text in TEXTS.items()},
}
# What the parser refuses before any field is looked at.
REFUSED_AT_THE_DOOR = {"lone surrogate", "reversed surrogates", "NUL", "NaN", "Infinity"}
REFUSED_AT_THE_DOOR |= {"1e400", "-1e400", "10**5000", "2,000 objects deep", *DEEP}


# --- Whole bodies --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Body:
    """A request's body and how it is announced; ``headers`` are WSGI names."""

    content: bytes
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


MULTIPART = "multipart/form-data; boundary=limit"
PART = b'--limit\r\nContent-Disposition: form-data; name="photo"; filename="%s"\r\n\r\n%s\r\n'
SEVEN_MEGABYTES = 7_000_000

BODIES = {
    "empty": Body(b""),
    "spaces": Body(b" \r\n\t "),
    "list": Body(b"[]"),
    "list of objects": Body(b'[{"name": "a"}]'),
    "null": Body(b"null"),
    "text": Body(b'"text"'),
    "number": Body(b"5"),
    "cut off": Body(b'{"name": "a'),
    "two values": Body(b'{"name": "a"} {"name": "b"}'),
    "trailing comma": Body(b'{"name": "a",}'),
    "single quotes": Body(b"{'name': 'a'}"),
    "comment": Body(b'{"name": "a"} // b'),
    "a name twice": Body(b'{"name": "a", "name": "b"}'),
    "a name twice, deep": Body(b'{"x": {"name": 1, "name": 2}}'),
    "a name with NUL": Body(b'{"na\\u0000me": "a"}'),
    "a name with half a character": Body(b'{"na\\ud800me": "a"}'),
    "an empty name": Body(b'{"": "a"}'),
    "a name of the language": Body(b'{"__class__": "a", "__init__": {"a": 1}}'),
    "a thousand names": Body(json.dumps({f"n{n}": n for n in range(1_000)}).encode()),
    **{f"lists {name} deep": Body(nested(n).encode()) for name, n in DEEP.items()},
    "an object 100,000 levels deep": Body(b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    "only opening brackets": Body(b"[" * 900_000),
    "UTF-8 with a mark": Body(b'\xef\xbb\xbf{"name": "a"}'),
    "UTF-16": Body('{"name": "a"}'.encode("utf-16"), "application/json; charset=utf-16"),
    "UTF-32": Body('{"name": "a"}'.encode("utf-32")),
    "Latin-1": Body('{"name": "é"}'.encode("latin-1")),
    "overlong UTF-8": Body(b'{"name": "\xc0\xaf"}'),
    "surrogates in UTF-8": Body(b'{"name": "\xed\xa0\x80"}'),
    "not text": Body(bytes(range(256))),
    "charset of another content": Body(b"{}", "application/json; charset=zlib"),
    "charset that refuses": Body(b"{}", "application/json; charset=undefined"),
    "charset nobody knows": Body(b"{}", "application/json; charset=klingon"),
    "charset that hides": Body(b'{"name": "+AG4-"}', "application/json; charset=utf-7"),
    "no content type": Body(b'{"name": "a"}', ""),
    "content type of nothing": Body(b'{"name": "a"}', ";;;=;"),
    "long content type": Body(b'{"name": "a"}', "application/" + "x" * 9_000),
    "plain text": Body(b'{"name": "a"}', "text/plain"),
    "XML": Body(b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>", "text/xml"),
    "YAML": Body(b"!!python/object/apply:os.system ['true']", "application/yaml"),
    "pickle": Body(b"cposix\nsystem\n(S'true'\ntR.", "application/x-pickle"),
    "form": Body(b"name=a&name=b", "application/x-www-form-urlencoded"),
    "form, badly escaped": Body(b"name=%zz%&%00=%ff&=", "application/x-www-form-urlencoded"),
    "form of 5,000 fields": Body(
        "&".join(f"n{n}=1" for n in range(5_000)).encode(), "application/x-www-form-urlencoded"
    ),
    "form, odd charset": Body(b"name=a", "application/x-www-form-urlencoded; charset=zlib"),
    "compressed": Body(b"\x1f\x8b\x08\x00", headers=(("HTTP_CONTENT_ENCODING", "gzip"),)),
    "parts without a boundary": Body(b"--limit\r\n", "multipart/form-data"),
    "parts with another boundary": Body(
        PART % (b"a.png", b"x") + b"--limit--\r\n", f"{MULTIPART}x"
    ),
    "parts cut off": Body(PART % (b"a.png", b"x" * 90), MULTIPART),
    "parts cut off in a header": Body(b"--limit\r\nContent-Disposition: form-data; na", MULTIPART),
    "parts of nothing": Body(b"--limit--\r\n", MULTIPART),
    "parts with a long boundary": Body(b"--x", f"multipart/form-data; boundary={'x' * 300}"),
    "parts with an odd boundary": Body(b"--x", "multipart/form-data; boundary=é\xff"),
    "two files": Body(PART % (b"a", b"x") + PART % (b"b", b"y") + b"--limit--\r\n", MULTIPART),
    "a file named with NUL": Body(PART % (b"a\0.png", b"x") + b"--limit--\r\n", MULTIPART),
    "a file named as a path": Body(PART % (b"../../a.png", b"x") + b"--limit--\r\n", MULTIPART),
    "a file without a name": Body(PART % (b"", b"x") + b"--limit--\r\n", MULTIPART),
    "mixed parts": Body(
        b'--limit\r\nContent-Disposition: form-data; name="photo"\r\n'
        b"Content-Type: multipart/mixed; boundary=inner\r\n\r\n--inner--\r\n--limit--\r\n",
        MULTIPART,
    ),
    "base64 that is none": Body(
        b'--limit\r\nContent-Disposition: form-data; name="photo"; filename="a"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n!!!!\r\n--limit--\r\n",
        MULTIPART,
    ),
    "7 MB": Body(b'{"name": "' + b"a" * SEVEN_MEGABYTES + b'"}'),
    "2 MB": Body(b'{"name": "' + b"a" * 2_000_000 + b'"}'),
    "2 MB form": Body(b"name=" + b"a" * 2_000_000, "application/x-www-form-urlencoded"),
    "7 MB of parts": Body(PART % (b"a.png", b"x" * SEVEN_MEGABYTES) + b"--limit--\r\n", MULTIPART),
    "longer than announced": Body(b'{"name": "a"}', headers=(("CONTENT_LENGTH", "5"),)),
    "shorter than announced": Body(b'{"name": "a"', headers=(("CONTENT_LENGTH", "500"),)),
    "of no length": Body(b"{}", headers=(("CONTENT_LENGTH", ""),)),
    "of negative length": Body(b"{}", headers=(("CONTENT_LENGTH", "-2"),)),
    "of a length that is no number": Body(b"{}", headers=(("CONTENT_LENGTH", "two"),)),
    "of a length of 5,000 digits": Body(b"{}", headers=(("CONTENT_LENGTH", "9" * 5_000),)),
}
TOO_LARGE = {"7 MB", "7 MB of parts", "of a length of 5,000 digits"}
# What no handler gets to see; one of each kind.
CLOSED_DOORS = {"list", "cut off", "a name with NUL", "Latin-1", "plain text", "2 MB", "7 MB"}
# What handlers may see, because it is JSON.
OPEN_DOORS = {"empty", "spaces", "an empty name", "a name of the language", "a thousand names"}
OPEN_DOORS |= {"charset of another content", "charset that hides"}


def bodies(all_of_them: bool) -> list[str]:
    """Return the names of those that tell whether a door is closed, or of all."""
    told = BODIES if all_of_them else CLOSED_DOORS | OPEN_DOORS
    return [name for name in BODIES if name in told]


# --- Queries, paths, methods, headers ------------------------------------------------------------

_ASKED = ["empty", "NUL", "CRLF", "400 characters", "right-to-left override", "zero width", "emoji"]
_ASKED += ["combining bomb", "other digits", "SQL", "LIKE wildcards", "FTS syntax", "year 0"]
_ASKED += ["year 1 in the east", "year 9999 in the west", "year 10000", "31 February"]
_ASKED += ["no time zone"]
PARAMETER_VALUES = {
    **{name: TEXTS[name] for name in _ASKED},
    "-1": "-1",
    "1e3": "1e3",
    "2**64": str(2**64),
    "10**5000": "1" + "0" * 5_000,
    "-Infinity": "-Infinity",
    "comma": ",",
    "double minus": "--id",
    "relation": "created_by__password",
}
# One of each kind, for a parameter of which others like it are given them all.
TELLING = {"empty", "NUL", "emoji", "LIKE wildcards", "FTS syntax", "-1", "2**64", "year 10000"}
# Written as they travel.
QUERIES = {
    "unknown parameter": "nonsense=1",
    "lookup": "name__regex=.*&id__gt=0",
    "query of the ORM": "_connector=OR&_negated=1",
    "parameter without a name": "=1",
    "nothing": "&&&;;=&",
    "bad escapes": "search=%zz%&%=%1",
    "half a character": "search=%ed%a0%80",
    "not UTF-8": "search=%ff%fe",
    "NUL in the name": "sea%00rch=1",
    "a thousand parameters": "&".join(f"p{n}=1" for n in range(1_000)),
    "two thousand times the same": "&".join(["search=a"] * 2_000),
    "format": "format=api",
    "key in the address": "api_key=abc&access_token=abc",
    "8,000 characters": "search=" + "x" * 8_000,
}
IDS = ["0", "-1", "1e3", "٣", str(2**31), str(2**63), str(2**64), "1" + "0" * 400, "009999999"]
IDS += [
    "1.0",
    "null",
    "true",
    " ",
    "1 ",
    "%20",
    "%00",
    "%ff",
    "%ed%a0%80",
    "..",
    ".",
    "1;a=b",
    "1%2F2",
]
IDS += ["*", "'", "%25", "1%0d%0aX:y", "1?", "+1", "0x1", "_", "undefined", "[object Object]"]
METHODS = ["PROPFIND", "TRACE", "CONNECT", "SEARCH", "QUERYSET", "PREPARE", "DISPATCH", "MODEL"]
METHODS += ["_WRITE", "ACTION", "__INIT__", "X" * 300, "OPTIONS"]
HEADERS = {
    "Authorization": [
        *("Bearer", "Bearer  ", "bearer x", "Bearer a.b.c", "Bearer " + "x" * 9_000, "Basic YTpi"),
        *("Bearer é", "Token x", "Bearer x y", "BEARER\tx", "Bearer eyJhbGciOiJub25lIn0.e30."),
    ],
    "If-Match": ["", "*", "x", '"0-1", "0-2"', 'W/"1-1"', '"' + "x" * 5_000, "é"],
    "X-API-Key": ["", " ", "x", "x" * 9_000, "é", "a\tb", "crm_x.y"],
    "User-Agent": ["", "x" * 5_000, "é", "a\tb", "\x7f", "👍"],
    "Idempotency-Key": ["", " ", "x" * 256, "é", "a\tb", "\x7f", "a,b", "👍"],
    "X-Request-ID": ["", "short", "x" * 65, "a b c d e f", "é" * 10, "../../etc/passwd"],
    "Accept": ["text/html", "image/*", "", "*/*;q=0", "x", "application/json; version=99", ",,"],
    "Accept-Language": ["xx", "*", "en;q=x", "es-419,es;q=0.9", "x" * 5_000, "é", "zz-ZZ-zz;q=2"],
    "X-Forwarded-For": ["a, b", "garbage", "", "::1%eth0", "1.2.3.4:80", "x" * 5_000, ",,,"],
    "X-Forwarded-Host": ["evil.example"],
    "X-HTTP-Method-Override": ["DELETE"],
    "X-Original-URL": ["/admin/"],
    "Origin": ["null", "https://evil.example", "x", "http://[", "https://a\tb"],
    "Referer": ["javascript:alert(1)", "http://["],
    "Range": ["bytes=0-0", "bytes=5-1", "bytes=-" + "9" * 5_000, "x"],
    "If-Modified-Since": ["x", "Thu, 01 Jan 10000 00:00:00 GMT", "0"],
    "Cookie": ["session=x; csrf=y", "=;=;", "session=" + "x" * 5_000, "é=é", 'a="'],
}

CONTENT_TYPES = [
    *("application/json; charset*=nope''x", "application/json; charset*=undefined''a"),
    *("application/json; charset*=utf-8''%00", "application/json; c*=idna''%41%ff"),
    *("application/json; charset=zlib", "application/json; charset=" + "x" * 5_000),
    *("multipart/form-data; boundary*=us-ascii''x%0d%0a", 'a/b; "', "*", ";", "é/\xff; é=\xff"),
]
# The parameters of every list of the back office.
OF_LISTS = ["q", "s", "o", "p", "all", "e", "_popup", "_to_field", "_changelist_filters", "_facets"]
# Those, what the filters of some lists are called, and some of Django's ORM.
PAGE_PARAMETERS = [
    *OF_LISTS,
    *("archived", "role", "client_type", "country_code", "created_at__gte", "created", "kind"),
    *("id__in", "pk", "created_by__password__startswith", "_connector", "next", "term", "size"),
    *("status", "channel", "attention", "stale", "assigned_to", "created_by", "customer", "lead"),
    *("created_from", "created_until", "due", "owner", "when", "days", "back"),
]
PAGE_VALUES = ["\0", "%_'\"\\", str(2**64), "10000-01-01"]


def _cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


_PLACES = ["null", "true", "1e400", "NaN", "[]", "{}", '"x"', '"\\u0000"', '"\\ud800"', "-1", "1.5"]
_PLACES += [str(2**63), "1" + "0" * 5_000, nested(2_000), nested(100_000), '"' + "x" * 20_000 + '"']
_PLACES += [f'"{TEXTS[name]}"' for name in TEXTS if "year" in name or "zone" in name]
CURSORS = {
    "not base64": "%%%",
    "not ASCII": "é",
    "padding": "====",
    "not JSON": _cursor("x"),
    "not a list": _cursor('{"a": 1}'),
    "empty list": _cursor("[]"),
    "third direction": _cursor("[2, 1]"),
    "no direction": _cursor('["x", 1]'),
    "a list as direction": _cursor("[[], 1]"),
    "twenty places": _cursor(str([0, *range(20)])),
    **{f"at {place[:20]}": _cursor(f"[0, {place}]") for place in _PLACES},
    **{f"back from {place[:20]}": _cursor(f"[1, {place}, {place}]") for place in _PLACES},
    **{f"at {place[:20]} and 1": _cursor(f"[0, {place}, 1]") for place in _PLACES},
}
