"""The customer's pages."""

from django.urls import path

from regulars.club import views

urlpatterns = [
    path("u/<str:token>", views.unsubscribe, name="club-unsubscribe"),
    path("p/<str:token>", views.preferences, name="club-preferences"),
]
