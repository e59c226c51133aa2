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
    "/api/v1/api-keys": {"GET": (401, 403, 403, 200), "POST": (401, 403, 403, 201)},
    "/api/v1/api-keys/{pk}": {
        "GET": (401, 403, 403, 200),
        "PATCH": (401, 403, 403, 200),
        "DELETE": (401, 403, 403, 204),
    },
    "/api/v1/api-keys/{pk}/history": {"GET": (401, 403, 403, 200)},
    "/api/v1/api-keys/{pk}/rotate": {"POST": (401, 403, 403, 200)},
    "/api/v1/register": {"POST": (202, 202, 202, 202)},
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
    "/api/v1/customers/{pk}/history/{history_id}": {"GET": (401, 200, 200, 200)},
    "/api/v1/customers/{pk}/history/{history_id}/restore": {"POST": (401, 200, 200, 200)},
    "/api/v1/customers/{pk}/photo": {
        "GET": (401, 200, 200, 200),
        "PUT": (401, 200, 200, 200),
        "DELETE": (401, 204, 204, 204),
    },
    "/api/v1/customers/photos/{token}": {"GET": (200, 200, 200, 200)},
    "/api/v1/customers/{pk}/restore": {"POST": (401, 403, 200, 200)},
    "/api/v1/leads": {"GET": (401, 200, 200, 200), "POST": (401, 201, 201, 201)},
    "/api/v1/leads/stats": {"GET": (401, 200, 200, 200)},
    "/api/v1/leads/{pk}": {
        "GET": (401, 200, 200, 200),
        "PATCH": (401, 200, 200, 200),
        "DELETE": (401, 204, 204, 204),
    },
    "/api/v1/leads/{pk}/assign": {"PATCH": (401, 403, 200, 200)},
    "/api/v1/leads/{pk}/convert": {"POST": (401, 200, 200, 200)},
    "/api/v1/leads/{pk}/history": {"GET": (401, 200, 200, 200)},
    "/api/v1/leads/{pk}/history/{history_id}": {"GET": (401, 200, 200, 200)},
    "/api/v1/leads/{pk}/history/{history_id}/restore": {"POST": (401, 200, 200, 200)},
    "/api/v1/leads/{pk}/restore": {"POST": (401, 403, 200, 200)},
    "/api/v1/leads/{pk}/status": {"GET": (401, 200, 200, 200), "PATCH": (401, 200, 200, 200)},
    "/api/v1/actions": {"GET": (401, 200, 200, 200), "POST": (401, 201, 201, 201)},
    "/api/v1/actions/{pk}": {
        "GET": (401, 200, 200, 200),
        "PATCH": (401, 200, 200, 200),
        "DELETE": (401, 204, 204, 204),
    },
    "/api/v1/actions/{pk}/history": {"GET": (401, 200, 200, 200)},
    "/api/v1/processes": {"GET": (401, 200, 200, 200), "POST": (401, 201, 201, 201)},
    "/api/v1/processes/due": {"GET": (401, 200, 200, 200)},
    "/api/v1/processes/{pk}": {
        "GET": (401, 200, 200, 200),
        "PATCH": (401, 200, 200, 200),
        "DELETE": (401, 204, 204, 204),
    },
    "/api/v1/processes/{pk}/history": {"GET": (401, 200, 200, 200)},
    "/api/v1/invoices": {"GET": (401, 200, 200, 200), "POST": (401, 201, 201, 201)},
    "/api/v1/invoices/{pk}": {
        "GET": (401, 200, 200, 200),
        "PATCH": (401, 200, 200, 200),
        "DELETE": (401, 204, 204, 204),
    },
    "/api/v1/invoices/{pk}/history": {"GET": (401, 200, 200, 200)},
    "/api/v1/invoices/{pk}/history/{history_id}": {"GET": (401, 200, 200, 200)},
    "/api/v1/invoices/{pk}/history/{history_id}/restore": {"POST": (401, 200, 200, 200)},
    "/api/v1/invoices/{pk}/pdf": {"GET": (401, 200, 200, 200)},
    "/api/v1/invoices/{pk}/issue": {"POST": (401, 403, 200, 200)},
    "/api/v1/invoices/{pk}/cancel": {"POST": (401, 403, 201, 201)},
    "/api/v1/invoices/{pk}/credit": {"POST": (401, 403, 201, 201)},
    "/api/v1/invoices/{pk}/payments": {
        "GET": (401, 200, 200, 200),
        "POST": (401, 403, 201, 201),
    },
    "/api/v1/invoices/{pk}/payments/{payment}/reverse": {"POST": (401, 403, 201, 201)},
    "/api/v1/audit-logs": {"GET": (401, 403, 200, 200)},
    "/api/v1/audit-logs/{pk}": {"GET": (401, 403, 200, 200)},
    "/api/v1/reports/customers": {"GET": (401, 200, 200, 200)},
    "/api/v1/reports/invoices": {"GET": (401, 200, 200, 200)},
}

# The back office. Nobody is sent to sign in, except from its own page. An empty form that may be
# sent is shown again (200) or, where there is nothing to fill in, obeyed (302).
BACK_OFFICE: dict[str, dict[str, Statuses]] = {
    "/admin/search/": {"GET": (302, 200, 200, 200), "POST": (302, 200, 200, 200)},
    "/admin/profile/": {"GET": (302, 200, 200, 200), "POST": (302, 200, 200, 200)},
    "/admin/": {"GET": (302, 302, 200, 200), "POST": (302, 302, 200, 200)},
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
    "/admin/base/notice/": {"GET": (302, 403, 403, 200), "POST": (302, 403, 403, 200)},
    "/admin/base/notice/add/": {"GET": (302, 403, 403, 403), "POST": (302, 403, 403, 403)},
    "/admin/base/notice/{object_id}/retry/": {
        "GET": (302, 403, 403, 200),
        "POST": (302, 403, 403, 302),
    },
    "/admin/base/notice/{object_id}/history/": {
        "GET": (302, 404, 404, 404),
        "POST": (302, 404, 404, 404),
    },
    "/admin/base/notice/{object_id}/delete/": {
        "GET": (302, 403, 403, 403),
        "POST": (302, 403, 403, 403),
    },
    "/admin/base/notice/{object_id}/change/": {
        "GET": (302, 403, 403, 200),
        "POST": (302, 403, 403, 403),
    },
    "/admin/base/notice/{object_id}/": {
        "GET": (302, 302, 302, 302),
        "POST": (302, 302, 302, 302),
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
    "/admin/accounts/user/{object_id}/history/{history_id}/": {
        "GET": (302, 404, 403, 200),
        "POST": (302, 404, 403, 405),
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
    "/admin/accounts/apikey/{object_id}/rotate/": {
        "GET": (302, 403, 403, 200),
        "POST": (302, 403, 403, 200),
    },
    "/admin/accounts/apikey/{object_id}/revoke/": {
        "GET": (302, 403, 403, 200),
        "POST": (302, 403, 403, 302),
    },
    "/admin/accounts/apikey/": {"GET": (302, 403, 403, 200), "POST": (302, 403, 403, 200)},
    "/admin/accounts/apikey/add/": {"GET": (302, 403, 403, 200), "POST": (302, 403, 403, 200)},
    "/admin/accounts/apikey/{object_id}/history/": {
        "GET": (302, 404, 404, 200),
        "POST": (302, 404, 404, 405),
    },
    "/admin/accounts/apikey/{object_id}/history/{history_id}/": {
        "GET": (302, 404, 404, 200),
        "POST": (302, 404, 404, 405),
    },
    "/admin/accounts/apikey/{object_id}/delete/": {
        "GET": (302, 404, 404, 403),
        "POST": (302, 404, 404, 403),
    },
    "/admin/accounts/apikey/{object_id}/change/": {
        "GET": (302, 404, 404, 200),
        "POST": (302, 404, 404, 200),
    },
    "/admin/accounts/apikey/{object_id}/": {
        "GET": (302, 302, 302, 302),
        "POST": (302, 302, 302, 302),
    },
    "/admin/customers/customer/export/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 405, 405, 405),
    },
    "/admin/leads/lead/export/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 405, 405, 405),
    },
    "/admin/invoices/invoice/export/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 405, 405, 405),
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
    "/admin/customers/customer/{object_id}/history/{history_id}/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 200, 200, 200),
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
    "/admin/day/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 200, 200, 200),
    },
    "/admin/board/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 200, 200, 200),
    },
    "/admin/team/": {
        "GET": (302, 403, 200, 200),
        "POST": (302, 403, 200, 200),
    },
    "/admin/audit/": {
        "GET": (302, 403, 200, 200),
        "POST": (302, 403, 405, 405),
    },
    "/admin/leads/lead/{object_id}/log/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 200, 200, 200),
    },
    "/admin/leads/lead/{object_id}/step/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 200, 200, 200),
    },
    "/admin/leads/lead/{object_id}/move/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 200, 200, 200),
    },
    "/admin/leads/lead/{object_id}/convert/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 200, 200, 200),
    },
    "/admin/leads/lead/{object_id}/assign/": {
        "GET": (302, 403, 200, 200),
        "POST": (302, 403, 302, 302),
    },
    "/admin/leads/lead/{object_id}/archive/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 302, 302, 302),
    },
    "/admin/leads/lead/{object_id}/restore/": {
        "GET": (302, 403, 200, 200),
        "POST": (302, 403, 302, 302),
    },
    "/admin/leads/lead/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 200, 200, 200),
    },
    "/admin/leads/lead/add/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 200, 200, 200),
    },
    "/admin/leads/lead/{object_id}/history/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 405, 405, 405),
    },
    "/admin/leads/lead/{object_id}/history/{history_id}/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 200, 200, 200),
    },
    "/admin/leads/lead/{object_id}/delete/": {
        "GET": (302, 403, 403, 403),
        "POST": (302, 403, 403, 403),
    },
    "/admin/leads/lead/{object_id}/change/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 200, 200, 200),
    },
    "/admin/leads/lead/{object_id}/": {
        "GET": (302, 302, 302, 302),
        "POST": (302, 302, 302, 302),
    },
    "/admin/leads/action/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 200, 200, 200),
    },
    "/admin/leads/action/add/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 200, 200, 200),
    },
    "/admin/leads/action/{object_id}/history/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 405, 405, 405),
    },
    "/admin/leads/action/{object_id}/history/{history_id}/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 405, 405, 405),
    },
    "/admin/leads/action/{object_id}/delete/": {
        "GET": (302, 403, 403, 403),
        "POST": (302, 403, 403, 403),
    },
    "/admin/leads/action/{object_id}/change/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 200, 200, 200),
    },
    "/admin/leads/action/{object_id}/": {
        "GET": (302, 302, 302, 302),
        "POST": (302, 302, 302, 302),
    },
    "/admin/leads/process/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 200, 200, 200),
    },
    "/admin/leads/process/add/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 200, 200, 200),
    },
    "/admin/leads/process/{object_id}/history/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 405, 405, 405),
    },
    "/admin/leads/process/{object_id}/history/{history_id}/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 405, 405, 405),
    },
    "/admin/leads/process/{object_id}/delete/": {
        "GET": (302, 403, 403, 403),
        "POST": (302, 403, 403, 403),
    },
    "/admin/leads/process/{object_id}/change/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 200, 200, 200),
    },
    "/admin/leads/process/{object_id}/": {
        "GET": (302, 302, 302, 302),
        "POST": (302, 302, 302, 302),
    },
    "/admin/invoices/companyprofile/{object_id}/logo/": {
        "GET": (302, 403, 403, 200),
        "POST": (302, 403, 403, 200),
    },
    "/admin/invoices/invoice/reports/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 405, 405, 405),
    },
    "/admin/invoices/invoice/reports/customers/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 405, 405, 405),
    },
    "/admin/invoices/invoice/totals/": {
        "GET": (302, 405, 405, 405),
        "POST": (302, 200, 200, 200),
    },
    "/admin/invoices/invoice/{object_id}/payments/{payment}/reverse/": {
        "GET": (302, 403, 200, 200),
        "POST": (302, 403, 200, 200),
    },
    "/admin/invoices/invoice/{object_id}/pdf/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 200, 200, 200),
    },
    "/admin/invoices/invoice/{object_id}/issue/": {
        "GET": (302, 403, 200, 200),
        "POST": (302, 403, 200, 200),
    },
    "/admin/invoices/invoice/{object_id}/discard/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 302, 302, 302),
    },
    "/admin/invoices/invoice/{object_id}/payment/": {
        "GET": (302, 403, 200, 200),
        "POST": (302, 403, 200, 200),
    },
    "/admin/invoices/invoice/{object_id}/mail/": {
        "GET": (302, 403, 200, 200),
        "POST": (302, 403, 200, 200),
    },
    "/admin/invoices/invoice/{object_id}/credit/": {
        "GET": (302, 403, 200, 200),
        "POST": (302, 403, 200, 200),
    },
    "/admin/invoices/invoice/{object_id}/cancel/": {
        "GET": (302, 403, 200, 200),
        "POST": (302, 403, 200, 200),
    },
    "/admin/invoices/invoice/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 200, 200, 200),
    },
    "/admin/invoices/invoice/add/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 200, 200, 200),
    },
    "/admin/invoices/invoice/{object_id}/history/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 405, 405, 405),
    },
    "/admin/invoices/invoice/{object_id}/history/{history_id}/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 200, 200, 200),
    },
    "/admin/invoices/invoice/{object_id}/delete/": {
        "GET": (302, 403, 403, 403),
        "POST": (302, 403, 403, 403),
    },
    "/admin/invoices/invoice/{object_id}/change/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 200, 200, 200),
    },
    "/admin/invoices/invoice/{object_id}/": {
        "GET": (302, 302, 302, 302),
        "POST": (302, 302, 302, 302),
    },
    "/admin/invoices/invoiceline/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 200, 200, 200),
    },
    "/admin/invoices/invoiceline/add/": {
        "GET": (302, 403, 403, 403),
        "POST": (302, 403, 403, 403),
    },
    "/admin/invoices/invoiceline/{object_id}/history/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 405, 405, 405),
    },
    "/admin/invoices/invoiceline/{object_id}/history/{history_id}/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 405, 405, 405),
    },
    "/admin/invoices/invoiceline/{object_id}/delete/": {
        "GET": (302, 403, 403, 403),
        "POST": (302, 403, 403, 403),
    },
    "/admin/invoices/invoiceline/{object_id}/change/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 403, 403, 403),
    },
    "/admin/invoices/invoiceline/{object_id}/": {
        "GET": (302, 302, 302, 302),
        "POST": (302, 302, 302, 302),
    },
    "/admin/invoices/payment/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 200, 200, 200),
    },
    "/admin/invoices/payment/add/": {
        "GET": (302, 403, 403, 403),
        "POST": (302, 403, 403, 403),
    },
    "/admin/invoices/payment/{object_id}/history/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 405, 405, 405),
    },
    "/admin/invoices/payment/{object_id}/history/{history_id}/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 405, 405, 405),
    },
    "/admin/invoices/payment/{object_id}/delete/": {
        "GET": (302, 403, 403, 403),
        "POST": (302, 403, 403, 403),
    },
    "/admin/invoices/payment/{object_id}/change/": {
        "GET": (302, 200, 200, 200),
        "POST": (302, 403, 403, 403),
    },
    "/admin/invoices/payment/{object_id}/": {
        "GET": (302, 302, 302, 302),
        "POST": (302, 302, 302, 302),
    },
    "/admin/invoices/companyprofile/": {
        "GET": (302, 403, 403, 302),
        "POST": (302, 403, 403, 302),
    },
    "/admin/invoices/companyprofile/add/": {
        "GET": (302, 403, 403, 403),
        "POST": (302, 403, 403, 403),
    },
    "/admin/invoices/companyprofile/{object_id}/history/": {
        "GET": (302, 404, 404, 200),
        "POST": (302, 404, 404, 405),
    },
    "/admin/invoices/companyprofile/{object_id}/history/{history_id}/": {
        "GET": (302, 404, 404, 200),
        "POST": (302, 404, 404, 405),
    },
    "/admin/invoices/companyprofile/{object_id}/delete/": {
        "GET": (302, 404, 404, 403),
        "POST": (302, 404, 404, 403),
    },
    "/admin/invoices/companyprofile/{object_id}/change/": {
        "GET": (302, 404, 404, 200),
        "POST": (302, 404, 404, 200),
    },
    "/admin/invoices/companyprofile/{object_id}/": {
        "GET": (302, 302, 302, 302),
        "POST": (302, 302, 302, 302),
    },
    "/admin/invoices/numberseries/": {
        "GET": (302, 403, 403, 200),
        "POST": (302, 403, 403, 200),
    },
    "/admin/invoices/numberseries/add/": {
        "GET": (302, 403, 403, 200),
        "POST": (302, 403, 403, 200),
    },
    "/admin/invoices/numberseries/{object_id}/history/": {
        "GET": (302, 404, 404, 200),
        "POST": (302, 404, 404, 405),
    },
    "/admin/invoices/numberseries/{object_id}/history/{history_id}/": {
        "GET": (302, 404, 404, 200),
        "POST": (302, 404, 404, 405),
    },
    "/admin/invoices/numberseries/{object_id}/delete/": {
        "GET": (302, 404, 404, 403),
        "POST": (302, 404, 404, 403),
    },
    "/admin/invoices/numberseries/{object_id}/change/": {
        "GET": (302, 404, 404, 200),
        "POST": (302, 404, 404, 200),
    },
    "/admin/invoices/numberseries/{object_id}/": {
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
    "/compat/{rest}": {"GET": (404, 404, 404, 404), "POST": (404, 404, 404, 404)},
    "/health": {"GET": (200, 200, 200, 200), "POST": (405, 405, 405, 405)},
    "/ready": {"GET": (200, 200, 200, 200), "POST": (405, 405, 405, 405)},
    "/openapi.json": {"GET": (200, 200, 200, 200), "POST": (405, 405, 405, 405)},
    "/docs": {"GET": (200, 200, 200, 200), "POST": (405, 405, 405, 405)},
}

# The only views of the API that ask for no sign-in. The link to a photo carries its own signature.
PUBLIC = {
    *("/api/v1/auth/login", "/api/v1/auth/refresh", "/api/v1/customers/photos/{token}"),
    "/api/v1/register",
}

# What an API key is answered: one that may only create customers, and one with every scope. What
# is a person's own (their profile, their session) and what only administrators do is no key's.
KEYS = ("key", "key with every scope")
KEYS_API: dict[str, dict[str, tuple[int, int]]] = {
    "/api/v1/users/assignable": {"GET": (403, 200)},
    "/api/v1/customers": {"GET": (403, 200), "POST": (201, 201)},
    "/api/v1/customers/by-phone/{phone}": {"GET": (403, 200)},
    "/api/v1/customers/stats": {"GET": (403, 200)},
    "/api/v1/customers/search": {"GET": (403, 200)},
    "/api/v1/customers/{pk}": {"GET": (403, 200)},
    "/api/v1/customers/{pk}/history": {"GET": (403, 200)},
    "/api/v1/customers/{pk}/history/{history_id}": {"GET": (403, 200)},
    "/api/v1/customers/{pk}/photo": {"GET": (403, 200)},
    "/api/v1/leads": {"GET": (403, 200), "POST": (403, 201)},
    "/api/v1/leads/stats": {"GET": (403, 200)},
    "/api/v1/leads/{pk}": {"GET": (403, 200), "PATCH": (403, 200), "DELETE": (403, 204)},
    "/api/v1/leads/{pk}/assign": {"PATCH": (403, 200)},
    "/api/v1/leads/{pk}/convert": {"POST": (403, 200)},
    "/api/v1/leads/{pk}/history": {"GET": (403, 200)},
    "/api/v1/leads/{pk}/history/{history_id}": {"GET": (403, 200)},
    "/api/v1/leads/{pk}/history/{history_id}/restore": {"POST": (403, 200)},
    "/api/v1/leads/{pk}/restore": {"POST": (403, 200)},
    "/api/v1/leads/{pk}/status": {"GET": (403, 200), "PATCH": (403, 200)},
    "/api/v1/actions": {"GET": (403, 200), "POST": (403, 201)},
    "/api/v1/actions/{pk}": {"GET": (403, 200), "PATCH": (403, 200), "DELETE": (403, 204)},
    "/api/v1/actions/{pk}/history": {"GET": (403, 200)},
    "/api/v1/processes": {"GET": (403, 200), "POST": (403, 201)},
    "/api/v1/processes/due": {"GET": (403, 200)},
    "/api/v1/processes/{pk}": {"GET": (403, 200), "PATCH": (403, 200), "DELETE": (403, 204)},
    "/api/v1/processes/{pk}/history": {"GET": (403, 200)},
    "/api/v1/invoices": {"GET": (403, 200), "POST": (403, 201)},
    "/api/v1/invoices/{pk}": {"GET": (403, 200), "PATCH": (403, 200), "DELETE": (403, 204)},
    "/api/v1/invoices/{pk}/history": {"GET": (403, 200)},
    "/api/v1/invoices/{pk}/history/{history_id}": {"GET": (403, 200)},
    "/api/v1/invoices/{pk}/history/{history_id}/restore": {"POST": (403, 200)},
    "/api/v1/invoices/{pk}/pdf": {"GET": (403, 200)},
    "/api/v1/invoices/{pk}/issue": {"POST": (403, 200)},
    "/api/v1/invoices/{pk}/cancel": {"POST": (403, 201)},
    "/api/v1/invoices/{pk}/credit": {"POST": (403, 201)},
    "/api/v1/invoices/{pk}/payments": {"GET": (403, 200), "POST": (403, 201)},
    "/api/v1/invoices/{pk}/payments/{payment}/reverse": {"POST": (403, 201)},
    "/api/v1/reports/customers": {"GET": (403, 200)},
    "/api/v1/reports/invoices": {"GET": (403, 200)},
}
