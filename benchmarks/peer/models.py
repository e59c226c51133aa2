"""The tables: our columns, and only the indexes that the three requests need."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

LIVE = text("archived_at IS NULL")


def now() -> datetime:
    return datetime.now(UTC)


class Base(DeclarativeBase):
    type_annotation_map = {
        int: BigInteger,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
    }


class User(Base):
    __tablename__ = "app_user"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(150), unique=True)
    role: Mapped[str] = mapped_column(String(20))
    is_active: Mapped[bool]


class AuthSession(Base):
    __tablename__ = "auth_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    revoked_at: Mapped[datetime | None]


class Customer(Base):
    __tablename__ = "customer"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    external_id: Mapped[str | None] = mapped_column(String(100), unique=True)
    client_type: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(150))
    surname: Mapped[str] = mapped_column(String(150))
    company_name: Mapped[str] = mapped_column(String(150))
    tax_id: Mapped[str] = mapped_column(String(50))
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(16))
    phone_as_given: Mapped[str] = mapped_column(String(50), default="")
    instagram: Mapped[str] = mapped_column(String(100))
    address: Mapped[str] = mapped_column(String(500))
    city: Mapped[str] = mapped_column(String(100))
    postal_code: Mapped[str] = mapped_column(String(20))
    country: Mapped[str] = mapped_column(String(100))
    country_code: Mapped[str] = mapped_column(String(2))
    age: Mapped[int | None]
    gender: Mapped[str] = mapped_column(String(20))
    photo: Mapped[str | None] = mapped_column(String(64))
    photo_url: Mapped[str] = mapped_column(String(500))
    registered_at: Mapped[datetime] = mapped_column(default=now)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
    archived_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    modified_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))

    created_by: Mapped[User | None] = relationship(foreign_keys=created_by_id)
    modified_by: Mapped[User | None] = relationship(foreign_keys=modified_by_id)

    __table_args__ = (
        Index("customer_email_live", "email", unique=True, postgresql_where=LIVE),
        Index("customer_phone_live", "phone", unique=True, postgresql_where=LIVE),
    )


class AuditEntry(Base):
    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    entity: Mapped[str] = mapped_column(String(50))
    entity_id: Mapped[int]
    action: Mapped[str] = mapped_column(String(10))
    values: Mapped[dict[str, Any]]
    user_id: Mapped[int]
    actor_name: Mapped[str] = mapped_column(String(150))
    request_id: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(default=now)

    __table_args__ = (Index("audit_of_entity", "entity", "entity_id"),)
