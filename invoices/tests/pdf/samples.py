"""Documents that look like those of a real company."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw

from invoices.pdf.document import Corrected, Document, Kind, Line, Party, Tax

SELLER = Party(
    name="Estudio Mediterráneo S.L.",
    tax_id="B-12345674",
    address=("Carrer de Pau Claris 97, 2.º 1.ª", "08009 Barcelona", "España"),
    contact=("facturas@estudio.example", "+34 930 000 000"),
)
BUYERS = {
    "en": Party(
        "Harbour & Finch Ltd",
        "GB 123 4567 89",
        ("12 Quayside Lane", "Bristol BS1 4AA", "United Kingdom"),
    ),
    "es": Party(
        "Panadería Núñez e Hijos, S.A.",
        "A-87654321",
        ("Calle de la Cigüeña, 8", "28013 Madrid", "España"),
        ("pedidos@panaderia.example",),
    ),
    "ru": Party(
        "ООО «Северный ветер»",
        "7701234567",
        ("ул. Большая Ордынка, д. 40, стр. 2", "119017 Москва", "Россия"),
        ("бухгалтерия@ветер.example",),
    ),
}
WORK = {
    "en": (
        "Website redesign: research, prototype and three rounds of revision",
        "Copywriting, per page",
        "Hosting and maintenance, November 2026",
        "Photography on site, half a day, including retouching and licences for print and web",
    ),
    "es": (
        "Rediseño del sitio web: investigación, prototipo y tres rondas de revisión",
        "Redacción de textos, por página",
        "Alojamiento y mantenimiento, noviembre de 2026",
        "Fotografía en sus instalaciones, media jornada, retoque y licencias para papel y web",
    ),
    "ru": (
        "Новый дизайн сайта: исследование, прототип и три круга правок",
        "Подготовка текстов, за страницу",
        "Размещение и поддержка, ноябрь 2026",
        "Фотосъёмка на месте, полдня, с обработкой и правами на печать и публикацию в сети",
    ),
}
PRICES = (("1", "2450.00"), ("12.5", "38.00"), ("1", "89.90"), ("0.5", "640.00"))


def make_document(language: str = "en", rows: int = 4, **changes: Any) -> Document:
    """Return an invoice of ``rows`` lines at 21 % and 10 %, whose sums are right."""
    lines = tuple(_line(language, number) for number in range(rows))
    taxes = tuple(_tax(lines, Decimal(rate)) for rate in ("21", "10"))
    subtotal = sum((line.amount for line in lines), Decimal(0))
    tax = sum((tax.amount for tax in taxes), Decimal(0))
    document = Document(
        kind=Kind.INVOICE,
        number="FAC00042",
        currency="EUR",
        seller=SELLER,
        buyer=BUYERS.get(language, BUYERS["en"]),
        lines=lines,
        taxes=tuple(tax for tax in taxes if tax.base),
        subtotal=subtotal,
        tax=tax,
        total=subtotal + tax,
        issue_date=date(2026, 11, 21),
        due_date=date(2026, 12, 21),
        language=language,
        payment="IBAN ES91 2100 0418 4502 0005 1332\nFAC00042",
        footer="Estudio Mediterráneo S.L. · Registro Mercantil de Barcelona, tomo 1234, folio 56",
    )
    return replace(document, **changes)


def _line(language: str, number: int) -> Line:
    quantity, price = PRICES[number % len(PRICES)]
    return Line(
        description=WORK.get(language, WORK["en"])[number % len(PRICES)],
        quantity=Decimal(quantity),
        unit_price=Decimal(price),
        tax_rate=Decimal(10 if number % 4 == 1 else 21),
        amount=(Decimal(quantity) * Decimal(price)).quantize(Decimal("0.01")),
    )


def _tax(lines: tuple[Line, ...], rate: Decimal) -> Tax:
    base = sum((line.amount for line in lines if line.tax_rate == rate), Decimal(0))
    return Tax(rate, base, (base * rate / 100).quantize(Decimal("0.01")), name="IVA")


def make_credit_note(language: str = "en", **changes: Any) -> Document:
    corrected = Corrected("FAC00042", date(2026, 11, 21))
    note = {"kind": Kind.CREDIT_NOTE, "number": "ABO00007", "corrects": corrected} | changes
    return make_document(language, rows=1, **note)


def make_logo(format_name: str = "PNG", size: tuple[int, int] = (900, 300)) -> bytes:
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    height = size[1]
    draw.ellipse((0, 0, height, height), fill="#1f4e79")
    draw.rectangle((size[0] * 0.4, height * 0.4, size[0], height * 0.6), fill="#c77700")
    file = BytesIO()
    image.save(file, format_name)
    return file.getvalue()
