"""Addresses of the register."""

from django.urls import path

from concordia.web.register import views

urlpatterns = [
    path("register/", views.register, name="register"),
    path("register/own/", views.own, name="register-own"),
    path("register/entries/<int:number>/", views.entry, name="register-entry"),
    path("register/entries/<int:number>/receipt/", views.receipt, name="register-receipt"),
    path("register/verification/", views.verification, name="register-verification"),
    path("register/bundle/", views.bundle, name="register-bundle"),
    path("register/witness.py", views.witness, name="register-witness"),
    path("register/witness-key/", views.witness_key, name="register-witness-key"),
    path("register/cosignature/", views.cosignature, name="register-cosignature"),
]
