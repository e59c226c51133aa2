"""What the invented customers look like: believable, and nobody's real data."""

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest

from accounts.models import User
from crm.base.countries import country_code
from crm.seeding.customers import DOMAINS, Inventor, Story
from crm.seeding.phone_numbers import PhoneNumbers
from crm.seeding.places import MARKETS, Market
from crm.seeding.plan import Plan
from customers.models import ClientType, Customer

UNTIL = date(2026, 6, 1)
AUTHORS = [User(pk=number) for number in (1, 2, 3)]


@cache
def stories(locale: str = "es_ES", count: int = 4000) -> Sequence[Story]:
    plan = Plan(count, seed=1, until=UNTIL, locale=locale)
    return list(Inventor(plan, authors=AUTHORS, first=0).stories())


def newest() -> list[Customer]:
    return [story[-1] for story in stories()]


def share(found: Sequence[Any], of: Sequence[Any]) -> float:
    return len(found) / len(of)


def test_every_fifth_is_a_company_with_a_name_and_a_tax_number() -> None:
    companies = [customer for customer in newest() if customer.client_type == ClientType.JURIDICAL]
    assert 0.17 < share(companies, newest()) < 0.23
    assert all(company.company_name and company.tax_id for company in companies)
    assert not any(company.age or company.gender for company in companies)


def test_people_have_no_company_but_mostly_an_age_and_a_gender() -> None:
    people = [customer for customer in newest() if customer.client_type == ClientType.NATURAL]
    assert not any(person.company_name for person in people)
    ages = [person.age for person in people if person.age]
    assert 0.8 < share(ages, people) < 0.9
    assert (min(ages), max(ages)) > (17, 80)
    assert {person.gender for person in people} == {"female", "male", ""}


def test_phones_are_e164_and_mostly_venezuelan_or_spanish() -> None:
    phones = [customer.phone for customer in newest() if customer.phone]
    assert 0.9 < share(phones, newest()) < 1
    assert all(re.fullmatch(r"\+[1-9][0-9]{10,13}", phone) for phone in phones)
    countries = Counter(phone[:3] for phone in phones)
    assert countries["+58"] > len(phones) / 2
    assert countries["+58"] + countries["+34"] > len(phones) * 0.8


def test_no_email_phone_or_uuid_is_there_twice() -> None:
    for name in ("email", "phone", "uuid"):
        versions = {
            (id(story[0]), getattr(customer, name)) for story in stories() for customer in story
        }
        given = [value for _story, value in versions if value]
        assert len(set(given)) == len(given), name


@pytest.mark.parametrize("market", MARKETS, ids=lambda market: market.code)
def test_a_market_has_a_phone_for_everybody(market: Market) -> None:
    inventor = Inventor(Plan(1, seed=1, until=UNTIL), [], 0)
    phones = PhoneNumbers(inventor._random)
    numbers = range(10_000_000 - 50_000, 10_000_000)
    assert len({phones.phone(market, number) for number in numbers}) == len(numbers)
    assert len(market.prefixes) * 10**market.digits >= 10_000_000


def test_emails_are_in_domains_that_nobody_can_own() -> None:
    emails = [customer.email for customer in newest() if customer.email]
    assert {email.partition("@")[2] for email in emails} == set(DOMAINS)
    assert all(re.fullmatch(r"[a-z.]+[0-9]+@example\.(com|org|net)", email) for email in emails)


@pytest.mark.parametrize(
    ("locale", "letters"), [("ru_RU", "[А-Яа-яё]"), ("en_US", "[A-Za-z]"), ("es_ES", "[A-Za-zñáé]")]
)
def test_names_are_of_the_locale_and_emails_are_latin(locale: str, letters: str) -> None:
    for story in stories(locale, 200):
        assert re.search(letters, story[0].name), story[0].name
        assert re.fullmatch(r"[a-z]+\.[a-z.]+[0-9]+@.*", story[0].email or "a.b1@"), story[0].email


def test_cities_are_in_their_country_and_the_country_is_known() -> None:
    cities = {market.country: set(market.cities) for market in MARKETS}
    for customer in newest():
        assert customer.city in cities[customer.country]
        assert country_code(customer.country)
        assert customer.address
        assert customer.postal_code


def test_some_are_on_instagram() -> None:
    handles = [customer.instagram for customer in newest() if customer.instagram]
    assert 0.3 < share(handles, newest()) < 0.4
    assert all(re.fullmatch(r"[a-z.]+[0-9]+", handle) for handle in handles)


def test_they_came_over_two_years_at_a_slightly_growing_rate() -> None:
    days = [customer.created_at.date() for customer in newest()]
    assert days == sorted(days)
    assert UNTIL - timedelta(days=730) <= days[0] < UNTIL - timedelta(days=720)
    assert UNTIL - timedelta(days=10) < days[-1] < UNTIL
    second_year = [day for day in days if day >= UNTIL - timedelta(days=365)]
    assert 0.53 < share(second_year, days) < 0.63
    assert all(customer.registered_at == customer.created_at for customer in newest())


def test_they_came_mostly_on_workdays_during_office_hours() -> None:
    moments = [customer.created_at for customer in newest()]
    office = [moment for moment in moments if 9 <= moment.hour < 18]
    assert share(office, moments) > 0.7
    weekend = [moment for moment in moments if moment.weekday() >= 5]
    assert 0 < share(weekend, moments) < 0.15
    assert all(moment.date() < UNTIL for moment in moments)


def test_some_moved_got_another_phone_or_left() -> None:
    changed = [story for story in stories() if len(story) > 1]
    assert 0.08 < share(changed, stories()) < 0.2
    assert any(story[0].address != story[-1].address for story in changed)
    assert any(story[0].phone != story[-1].phone for story in changed)
    archived = [customer for customer in newest() if customer.archived_at]
    assert 0.01 < share(archived, newest()) < 0.05
    assert all(customer.archived_at == customer.updated_at for customer in archived)


def test_changes_come_later_one_by_one_and_not_in_the_future() -> None:
    for story in stories():
        moments = [version.updated_at for version in story]
        assert moments == sorted(set(moments))
        assert moments[-1].date() < UNTIL


PRINT = """
import django; django.setup()
from crm.tests.test_seed_customers import stories
for story in stories(count=50):
    for version in story:
        print({name: value for name, value in vars(version).items() if name != "_state"})
"""


def test_another_process_invents_the_same() -> None:
    """Python shuffles its sets anew in every process."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "crm.settings", "DEBUG": "true"}
    outputs = {
        subprocess.run(
            [sys.executable, "-c", PRINT],
            env=environment | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
    assert len(outputs.pop()) > 10_000
