"""Customers: one, a page of 50, and a new one."""

import base64
import binascii
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response
from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from benchmarks.peer.auth import Actor
from benchmarks.peer.contacts import country_code
from benchmarks.peer.database import Session
from benchmarks.peer.models import AuditEntry, Customer, User, now
from benchmarks.peer.schemas import CustomerIn, CustomerOut, CustomerPage

router = APIRouter(prefix="/api/v1/customers")
FIELDS = {
    "customer_email_live": "email",
    "customer_phone_live": "phone",
    "customer_external_id_key": "external_id",
}


def with_people() -> Select[tuple[Customer]]:
    """Select customers and, in the same statement, the names of who made and changed them."""
    return select(Customer).options(
        joinedload(Customer.created_by).load_only(User.username),
        joinedload(Customer.modified_by).load_only(User.username),
    )


@router.get("/{pk}")
async def detail(pk: int, session: Session, actor: Actor, response: Response) -> CustomerOut:
    customer = await session.scalar(with_people().where(Customer.id == pk))
    if customer is None:
        raise HTTPException(404, "Not found.")
    response.headers["ETag"] = f'"{customer.id}-{customer.version}"'
    return CustomerOut.model_validate(customer)


@router.get("")
async def page(
    session: Session,
    actor: Actor,
    cursor: str | None = None,
    page_size: Annotated[int, Query(ge=1, le=200)] = 50,
) -> CustomerPage:
    """The live customers, newest first; ``cursor`` continues after the last one seen."""
    found = with_people().where(Customer.archived_at.is_(None))
    if cursor:
        found = found.where(Customer.id < decode(cursor))
    ordered = found.order_by(Customer.id.desc()).limit(page_size + 1)
    rows = list(await session.scalars(ordered))
    more, rows = len(rows) > page_size, rows[:page_size]
    link = f"/api/v1/customers?cursor={encode(rows[-1].id)}&page_size={page_size}" if more else None
    return CustomerPage(
        next=link, previous=None, results=[CustomerOut.model_validate(row) for row in rows]
    )


def encode(pk: int) -> str:
    return base64.urlsafe_b64encode(str(pk).encode()).decode()


def decode(cursor: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(cursor))
    except (ValueError, binascii.Error) as error:
        raise HTTPException(400, "Take the cursor from a page's next link.") from error


@router.post("", status_code=201)
async def create(
    values: CustomerIn, request: Request, response: Response, session: Session, actor: Actor
) -> CustomerOut:
    """Store a customer and its audit row together; 409 names the field that is taken."""
    at = now()
    customer = Customer(
        **values.model_dump(),
        country_code=country_code(values.country),
        created_at=at,
        updated_at=at,
        created_by=actor,
        modified_by=actor,
    )
    session.add(customer)
    try:
        await session.flush()
    except IntegrityError as error:
        raise taken(error) from error
    answer = CustomerOut.model_validate(customer)
    session.add(audit(answer, actor, request.state.request_id))
    await session.commit()
    response.headers["Location"] = f"/api/v1/customers/{customer.id}"
    response.headers["ETag"] = f'"{customer.id}-{customer.version}"'
    return answer


def audit(customer: CustomerOut, actor: User, request_id: str) -> AuditEntry:
    return AuditEntry(
        entity="customer",
        entity_id=customer.id,
        action="create",
        values=customer.model_dump(mode="json"),
        user_id=actor.id,
        actor_name=actor.username,
        request_id=request_id,
    )


def taken(error: IntegrityError) -> HTTPException:
    constraint = getattr(error.orig.__cause__, "constraint_name", "") if error.orig else ""
    field = FIELDS.get(constraint or "", "")
    return HTTPException(
        409, {"code": "taken", "field": field, "detail": "Another record has this value already."}
    )
