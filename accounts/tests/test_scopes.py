"""The scopes of API keys grant what roles can be granted, and nothing that does not exist."""

from accounts import roles, scopes


def test_every_scope_grants_permissions_there_are() -> None:
    assert set(scopes.PERMISSIONS) == set(scopes.Scope.values)
    for scope, permissions in scopes.PERMISSIONS.items():
        assert permissions <= set(roles.PERMISSIONS), scope


def test_no_scope_manages_people_or_the_company() -> None:
    granted = frozenset[str]().union(*scopes.PERMISSIONS.values())
    assert {name for name in granted if name.startswith("accounts.")} == {"accounts.assign_user"}
    assert not {"invoices.change_companyprofile", "invoices.change_numberseries"} & granted
