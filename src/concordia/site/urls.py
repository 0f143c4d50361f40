"""Every address there is. What lies inside an alliance begins with its key."""

from django.urls import include, path

from concordia.web.accounts import urls as accounts
from concordia.web.alliances import urls as alliances
from concordia.web.decisions import urls as decisions
from concordia.web.home import urls as home
from concordia.web.register import urls as register
from concordia.web.shared.environment import inside

_INSIDE = [*home.inside, *alliances.urlpatterns, *decisions.urlpatterns, *register.urlpatterns]
inside({pattern.name for pattern in _INSIDE if pattern.name})

urlpatterns = [
    *home.urlpatterns,
    *accounts.urlpatterns,
    path("a/<slug:alliance>/", include(_INSIDE)),
]

handler400 = "concordia.web.shared.failures.bad_request"
handler403 = "concordia.web.shared.failures.forbidden"
handler404 = "concordia.web.shared.failures.not_found"
handler500 = "concordia.web.shared.failures.broken"
