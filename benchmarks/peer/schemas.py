"""What comes in and what goes out."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    EmailStr,
    Field,
    StringConstraints,
    model_validator,
)

from benchmarks.peer.contacts import canonical_email, e164

ClientType = Literal["natural", "juridical"]
Text20 = Annotated[str, StringConstraints(max_length=20)]
Text100 = Annotated[str, StringConstraints(max_length=100)]
Text150 = Annotated[str, StringConstraints(max_length=150)]
Text500 = Annotated[str, StringConstraints(max_length=500)]
Address = Annotated[str, StringConstraints(max_length=500, pattern=r"^(https://.+)?$")]
Email = Annotated[EmailStr, AfterValidator(canonical_email)]
Phone = Annotated[str, StringConstraints(max_length=40), AfterValidator(e164)]


class CustomerIn(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    external_id: Text100 | None = None
    client_type: ClientType = "natural"
    name: Annotated[str, StringConstraints(min_length=1, max_length=150)]
    surname: Text150 = ""
    company_name: Text150 = ""
    tax_id: Annotated[str, StringConstraints(max_length=50)] = ""
    email: Email | None = None
    phone: Phone | None = None
    instagram: Text100 = ""
    address: Text500 = ""
    city: Text100 = ""
    postal_code: Text20 = ""
    country: Text100 = ""
    age: Annotated[int, Field(ge=0, le=150)] | None = None
    gender: Text20 = ""
    photo_url: Address = ""

    @model_validator(mode="after")
    def company_has_a_name(self) -> Self:
        if self.client_type == "juridical" and not self.company_name:
            raise ValueError("A company needs its company name.")
        return self


class PersonOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    username: str


class CustomerOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    uuid: UUID
    external_id: str | None
    client_type: str
    name: str
    surname: str
    company_name: str
    tax_id: str
    email: str | None
    phone: str | None
    phone_as_given: str
    instagram: str
    address: str
    city: str
    postal_code: str
    country: str
    country_code: str
    age: int | None
    gender: str
    photo: str | None
    photo_url: str
    registered_at: datetime
    created_at: datetime
    created_by: PersonOut | None
    updated_at: datetime
    modified_by: PersonOut | None
    archived_at: datetime | None
    version: int


class CustomerPage(BaseModel):
    next: str | None
    previous: str | None
    results: list[CustomerOut]
