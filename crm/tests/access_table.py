"""Who may do what: the status each role is answered, for every route and method.

The columns are nobody signed in, sales, management, admin. The requests are those of
``crm.tests.samples``, so a 2xx says that the thing was done. A method that is not listed is
refused for everybody (405 in the API, after 401).
"""

Statuses = tuple[int, int, int, int]
ROLES = ("anonymous", "sales", "management", "admin")

API: dict[str, dict[str, Statuses]] = {
    "/api/v1/auth/login": {"POST": (200, 200, 200, 200)},
    "/api/v1/auth/refresh": {"POST": (200, 200, 200, 200)},
    "/api/v1/auth/logout": {"POST": (401, 204, 204, 204)},
    "/api/v1/auth/password": {"POST": (401, 200, 200, 200)},
    "/api/v1/auth/me": {"GET": (401, 200, 200, 200), "PATCH": (401, 200, 200, 200)},
    "/api/v1/users/assignable": {"GET": (401, 403, 200, 200)},
    "/api/v1/users": {"GET": (401, 403, 403, 200), "POST": (401, 403, 403, 201)},
    "/api/v1/users/{pk}": {
        "GET": (401, 403, 403, 200),
        "PATCH": (401, 403, 403, 200),
        "DELETE": (401, 403, 403, 204),
    },
    "/api/v1/users/{pk}/history": {"GET": (401, 403, 403, 200)},
    "/api/v1/users/{pk}/restore": {"POST": (401, 403, 403, 200)},
    "/api/v1/customers": {"GET": (401, 200, 200, 200), "POST": (401, 201, 201, 201)},
    "/api/v1/customers/by-phone/{phone}": {"GET": (401, 200, 200, 200)},
    "/api/v1/customers/stats": {"GET": (401, 200, 200, 200)},
    "/api/v1/customers/search": {"GET": (401, 200, 200, 200)},
    "/api/v1/customers/{pk}": {
        "GET": (401, 200, 200, 200),
        "PATCH": (401, 200, 200, 200),
        "DELETE": (401, 204, 204, 204),
    },
    "/api/v1/customers/{pk}/history": {"GET": (401, 200, 200, 200)},
    "/api/v1/customers/{pk}/photo": {
        "GET": (401, 200, 200, 200),
        "PUT": (401, 200, 200, 200),
        "DELETE": (401, 204, 204, 204),
    },
    "/api/v1/customers/photos/{token}": {"GET": (200, 200, 200, 200)},
    "/api/v1/customers/{pk}/restore": {"POST": (401, 403, 200, 200)},
}

# The back office. Nobody is sent to sign in, except from its own page. An empty form that may be
# sent is shown again (200) or, where there is nothing to fill in, obeyed (302).
BACK_OFFICE: dict[str, dict[str, Statuses]] = {
    "/admin/search/": {"GET": (302, 200, 200, 200), "POST": (302, 200, 200, 200)},
    "/admin/profile/": {"GET": (302, 200, 200, 200), "POST": (302, 200, 200, 200)},
    "/admin/": {"GET": (302, 200, 200, 200), "POST": (302, 200, 200, 200)},
    "/admin/login/": {"GET": (200, 302, 302, 302), "POST": (200, 200, 200, 200)},
    "/admin/logout/": {"GET": (302, 405, 405, 405), "POST": (302, 200, 200, 200)},
    "/admin/password_change/": {"GET": (302, 200, 200, 200), "POST": (302, 200, 200, 200)},
    "/admin/password_change/done/": {"GET": (302, 200, 200, 200), "POST": (302, 405, 405, 405)},
    "/admin/autocomplete/": {"GET": (302, 403, 403, 403), "POST": (302, 405, 405, 405)},
    "/admin/jsi18n/": {"GET": (302, 200, 200, 200), "POST": (302, 405, 405, 405)},
    "/admin/r/{content_type_id}/{object_id}/": {
        "GET": (302, 404, 404, 404),
        "POST": (302, 404, 404, 404),
    },
    "/admin/base/securityevent/": {"GET": (302, 403, 200, 200), "POST": (302, 403, 200, 200)},
    "/admin/base/securityevent/add/": {"GET": (302, 403, 403, 403), "POST": (302, 403, 403, 403)},
    "/admin/base/securityevent/{object_id}/history/": {
        "GET": (302, 404, 404, 404),
        "POST": (302, 404, 404, 404),
    },
    "/admin/base/securityevent/{object_id}/delete/": {
        "GET": (302, 403, 403, 403),
        "POST": (302, 403, 403, 403),
    },
    "/admin/base/securityevent/{object_id}/change/": {
        "GET": (302, 403, 200, 200),
        "POST": (302, 403, 403, 403),
    },
    "/admin/base/securityevent/{object_id}/": {
        "GET": (302, 302, 302, 302),
        "POST": (302, 302, 302, 302),
    },
    "/admin/accounts/user/{object_id}/password/": {
        "GET": (302, 403, 403, 200),
        "POST": (302, 403, 403, 200),
    },
    "/admin/accounts/user/{object_id}/end-sessions/": {
        "GET": (302, 403, 403, 200),
        "POST": (302, 403, 403, 302),
    },
    "/admin/accounts/user/{object_id}/archive/": {
        "GET": (302, 403, 403, 200),
        "POST": (302, 403, 403, 302),
    },
    "/admin/accounts/user/{object_id}/restore/": {
        "GET": (302, 403, 403, 200),
        "POST": (302, 403, 403, 302),
    },
    "/admin/accounts/user/": {"GET": (302, 403, 403, 200), "POST": (302, 403, 403, 200)},
    "/admin/accounts/user/add/": {"GET": (302, 403, 403, 200), "POST": (302, 403, 403, 200)},
    "/admin/accounts/user/{object_id}/history/": {
        "GET": (302, 404, 403, 200),
        "POST": (302, 404, 405, 405),
    },
    "/admin/accounts/user/{object_id}/delete/": {
        "GET": (302, 404, 403, 403),
        "POST": (302, 404, 403, 403),
    },
    "/admin/accounts/user/{object_id}/change/": {
        "GET": (302, 404, 403, 200),
        "POST": (302, 404, 403, 200),
    },
    "/admin/accounts/user/{object_id}/": {
        "GET": (302, 302, 302, 302),
        "POST": (302, 302, 302, 302),
    },
    "/admin/customers/customer/{object_id}/photo/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 200, 200, 200),
    },
    "/admin/customers/customer/{object_id}/archive/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 302, 302, 302),
    },
    "/admin/customers/customer/{object_id}/restore/": {
        "GET": (302, 403, 200, 200),
        "POST": (302, 403, 302, 302),
    },
    "/admin/customers/customer/": {"GET": (302, 200, 200, 200), "POST": (302, 200, 200, 200)},
    "/admin/customers/customer/add/": {"GET": (302, 200, 200, 200), "POST": (302, 200, 200, 200)},
    "/admin/customers/customer/{object_id}/history/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 405, 405, 405),
    },
    "/admin/customers/customer/{object_id}/delete/": {
        "GET": (302, 403, 403, 403),
        "POST": (302, 403, 403, 403),
    },
    "/admin/customers/customer/{object_id}/change/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 200, 200, 200),
    },
    "/admin/customers/customer/{object_id}/": {
        "GET": (302, 302, 302, 302),
        "POST": (302, 302, 302, 302),
    },
    "/admin/{app_label}/": {"GET": (302, 200, 200, 200), "POST": (302, 200, 200, 200)},
    "/admin/{url}": {"GET": (302, 404, 404, 404), "POST": (302, 404, 404, 404)},
}

# Answered without Django REST framework, or by its documentation.
OTHERS: dict[str, dict[str, Statuses]] = {
    "/": {"GET": (302, 302, 302, 302), "POST": (405, 405, 405, 405)},
    "/admin": {"GET": (302, 302, 302, 302), "POST": (405, 405, 405, 405)},
    "/api/{rest}": {"GET": (404, 404, 404, 404), "POST": (404, 404, 404, 404)},
    "/health": {"GET": (200, 200, 200, 200), "POST": (405, 405, 405, 405)},
    "/ready": {"GET": (200, 200, 200, 200), "POST": (405, 405, 405, 405)},
    "/openapi.json": {"GET": (200, 200, 200, 200), "POST": (405, 405, 405, 405)},
    "/docs": {"GET": (200, 200, 200, 200), "POST": (405, 405, 405, 405)},
}

# The only views of the API that ask for no sign-in. The link to a photo carries its own signature.
PUBLIC = {"/api/v1/auth/login", "/api/v1/auth/refresh", "/api/v1/customers/photos/{token}"}
