"""Requests of its README and of the programs that came after, one for every address.

Nobody but a key is somebody here.
"""

from typing import Any

from crm.compat.tests.samples import Sample
from customers.models import Customer
from customers.tests.make import make_customer
from invoices.tests.make import make_company, make_invoice

NOBODY = (422, 422, 422, 422)
LUCIA: dict[str, Any] = {
    "nombre": "Lucía",
    "apellidos": "Martínez",
    "email": "lucia@email.com",
    "telefono": "+34...",
    "direccion": "Calle Mayor 5",
}
WEB: dict[str, Any] = {
    "cliente_email": LUCIA["email"],
    "descripcion": "Desarrollo web",
    "importe": 150.5,
    "estado": "Pendiente",
}


def lucia() -> dict[str, str]:
    make_company()
    if not Customer.objects.filter(email=LUCIA["email"]).exists():
        make_customer(name="Lucía", surname="Martínez", email=LUCIA["email"])
    return {}


SAMPLES = {
    ("POST", "usuarios"): Sample(NOBODY, body=lambda: LUCIA, fields=tuple(LUCIA), key=200),
    ("GET", "usuarios"): Sample(
        NOBODY, values=lucia, query="?email=lucia@email.com&nombre=", key=200
    ),
    ("POST", "facturas"): Sample(
        NOBODY, values=lucia, body=lambda: WEB, fields=tuple(WEB)[1:], key=200
    ),
    ("GET", "facturas"): Sample(NOBODY, values=lucia, query="?email=lucia@email.com", key=200),
    ("GET", "reportes"): Sample(NOBODY, values=lucia, many=make_invoice, key=200),
}
