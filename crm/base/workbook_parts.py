"""What is in a workbook beside its rows (ECMA-376, part 1)."""

import re
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import quoteattr

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
LONGEST_NAME = 31  # of a sheet
# XML 1.0, section 2.2: what no document may hold, not even escaped.
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\']")
UNKNOWN = "\ufffd"  # stands for a character that cannot be said

# The first row stays in sight.
SHEET_HEAD = (
    f'{HEAD}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    "</sheetView></sheetViews><sheetData>"
)
SHEET_TAIL = "</sheetData></worksheet>"


def sheet_path(number: int) -> str:
    return f"xl/worksheets/sheet{number}.xml"


def around(name: str, sheets: int, formats: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the paths and texts of the other parts; the style of each format is its place + 1."""
    numbers = range(1, sheets + 1)
    yield "[Content_Types].xml", _content_types(numbers)
    yield "_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")])
    yield "xl/workbook.xml", _workbook(name, numbers)
    targets = [("worksheet", f"worksheets/sheet{number}.xml") for number in numbers]
    yield "xl/_rels/workbook.xml.rels", _relations([*targets, ("styles", "styles.xml")])
    yield "xl/styles.xml", _styles(formats)


def _content_types(numbers: range) -> str:
    types = {"/xl/workbook.xml": "sheet.main", "/xl/styles.xml": "styles"}
    types |= {f"/{sheet_path(number)}": "worksheet" for number in numbers}
    told = [
        f'<Override PartName="{path}" ContentType="{KIND}.{kind}+xml"/>'
        for path, kind in types.items()
    ]
    return (
        f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        f'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f"{''.join(told)}</Types>"
    )


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    told = [
        f'<Relationship Id="rId{number}" Type="{DOCUMENT}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    ]
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{"".join(told)}</Relationships>'


def _workbook(name: str, numbers: range) -> str:
    named = ((number, quoteattr(_sheet_name(name, number))) for number in numbers)
    told = [f'<sheet name={name} sheetId="{number}" r:id="rId{number}"/>' for number, name in named]
    return (
        f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{DOCUMENT}">'
        f"<sheets>{''.join(told)}</sheets></workbook>"
    )


def _sheet_name(name: str, number: int) -> str:
    suffix = f" {number}" if number > 1 else ""
    return NOT_IN_A_NAME.sub(" ", name)[: LONGEST_NAME - len(suffix)] + suffix


def _styles(formats: Sequence[str]) -> str:
    first = 164  # the numbers before it are of formats that every program has
    named = [
        f'<numFmt numFmtId="{first + place}" formatCode={quoteattr(code)}/>'
        for place, code in enumerate(formats)
    ]
    numbers = [0, *range(first, first + len(formats))]
    styles = [
        f'<xf numFmtId="{number}" fontId="0" fillId="0" borderId="0" xfId="0"'
        f' applyNumberFormat="{int(number > 0)}"/>'
        for number in numbers
    ]
    known = f'<numFmts count="{len(named)}">{"".join(named)}</numFmts>' if named else ""
    return (
        f'{HEAD}<styleSheet xmlns="{MAIN}">{known}'
        '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
        "</cellStyleXfs>"
        f'<cellXfs count="{len(styles)}">{"".join(styles)}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
        "</styleSheet>"
    )
