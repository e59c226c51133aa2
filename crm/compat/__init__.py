"""The services that this CRM replaced, still answered at ``/compat/<service>``.

An adapter is a module: a ``Service``, its views, and ``urlpatterns``; one line in
``crm/compat/urls.py`` switches it on. It maps names and errors, and calls the rules, permissions
and scoping that everybody calls. ``crm_api`` is the smallest example, docs/compat.md the guide.

- ``service.py``    what a service is: its addresses, its texts, the shape of its errors
- ``views.py``      the bases of its views; a viewset of the API becomes one of the service by
                    ``class Customers(ServiceEndpoint, CustomerViewSet)``
- ``fields.py``     serializers that overlook what they do not know, and ask queries politely
- ``arrays.py``     lists without pages, written piece by piece
- ``answers.py``    our problems in the service's words: ``{"taken:email": (400, "…")}``
- ``tokens.py``     its sign-in: a JWT with its claims, which names a session of ours
- ``ids.py``        the ids its clients know, in answers and bodies, where our numbers would be
- ``models.py``     the ids that its clients hold, where they are not ours
- ``openapi.py``    its own description, at ``/compat/<service>/openapi.json`` and ``/docs``
- ``middleware.py`` its error shape for what is refused before a view is reached
- ``tests/``        ``promises.py`` holds every service to what all of them promise
"""
