from typing import Any

from crm.compat.tests.samples import Sample

ALL = (200, 200, 200, 200)
IVAN: dict[str, Any] = {
    "name": "Ivan Ivanov",
    "email": "ivan.ivanov@example.ru",
    "age": 33,
    "gender": "Male",
    "country": "Russia",
    "address": "Russia, Orsk, Molodezhnaya St., 18 apartment 6",
    "phone": "+7(921)345-19-48",
}
SAMPLES = {
    ("POST", "register"): Sample((201, 201, 201, 201), body=lambda: IVAN, fields=tuple(IVAN)),
    ("GET", "health"): Sample(ALL),
    ("GET", ""): Sample(ALL),
}
