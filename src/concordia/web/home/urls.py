"""Addresses of the first pages."""

from django.conf import settings
from django.urls import path

from concordia.web.home import views

urlpatterns = [
    path("", views.arrive, name="home"),
    path("start/", views.start, name="start"),
    path("start/upload/", views.start_upload, name="start-upload"),
    path("language/", views.language, name="language"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("csp-report", views.csp_report, name="csp-report"),
    path(".well-known/security.txt", views.security_txt, name="security-txt"),
    path("health", views.health, name="health"),
]
inside = [path("", views.today, name="today")]

if settings.EXAMPLE:
    urlpatterns.append(path("example/<str:code>/", views.example, name="example"))
