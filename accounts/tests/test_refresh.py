"""Refreshing a session: each token works once, and one used again tells of a thief."""

from datetime import timedelta
from typing import Any

from accounts.models import User
from accounts.tests.browser import Browser, assert_dead
from crm.base.models import SecurityEvent


def test_a_refresh_gives_a_new_pair_and_uses_the_old_one_up(sam: User) -> None:
    browser = Browser(sam)
    used = browser.fresh
    browser.take(browser.refresh().json())
    assert browser.works()
    assert browser.fresh != used
    assert browser.refresh(used).status_code == 401


def test_a_second_tab_that_comes_late_ends_nothing(sam: User, clock: Any) -> None:
    browser = Browser(sam)
    used = browser.fresh
    browser.take(browser.refresh().json())
    clock.shift(timedelta(seconds=9.9))
    assert browser.refresh(used).status_code == 401
    assert browser.works()
    assert browser.refresh().status_code == 200
    assert not SecurityEvent.objects.filter(kind="token_reuse").exists()


def test_a_token_used_again_later_ends_the_session(sam: User, clock: Any) -> None:
    browser, elsewhere = Browser(sam), Browser(sam)
    used = browser.fresh
    browser.take(browser.refresh().json())
    clock.shift(timedelta(seconds=10))
    assert browser.refresh(used).status_code == 401
    assert_dead(browser)
    assert elsewhere.works()
    event = SecurityEvent.objects.get(kind="token_reuse")
    assert (event.user_id, event.details) == (sam.pk, {"session": browser.session().pk})


def test_a_token_from_before_the_last_one_ends_the_session_at_once(sam: User, clock: Any) -> None:
    browser = Browser(sam)
    first = browser.fresh
    for _again in range(2):
        browser.take(browser.refresh().json())
    assert browser.refresh(first).status_code == 401
    assert_dead(browser)


def test_a_session_ends_when_nobody_refreshes_it_for_a_week(sam: User, clock: Any) -> None:
    browser = Browser(sam)
    clock.shift(timedelta(days=6, hours=23))
    browser.take(browser.refresh().json())
    clock.shift(timedelta(days=6, hours=23))
    browser.take(browser.refresh().json())
    clock.shift(timedelta(days=7))
    assert_dead(browser)
    assert not SecurityEvent.objects.filter(kind="token_reuse").exists()
