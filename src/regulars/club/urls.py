"""The customer's pages."""

from django.urls import path

from regulars.club import joining, views

urlpatterns = [
    path("join", joining.join, name="club-join"),
    path("j/<str:token>", joining.confirm, name="club-confirm"),
    path("u/<str:token>", views.unsubscribe, name="club-unsubscribe"),
    path("p/<str:token>", views.preferences, name="club-preferences"),
    path("p/<str:token>/days", views.own_days, name="club-days"),
    path("l/<str:token>", views.follow, name="club-link"),
]
