"""Where other programs report."""

from django.urls import path

from regulars.api import hooks

urlpatterns = [
    path("hooks/email/<slug:provider>/<str:secret>", hooks.email, name="hook-email"),
    path("hooks/sms/<str:secret>", hooks.sms, name="hook-sms"),
    path("hooks/cards/<str:secret>", hooks.cards, name="hook-cards"),
    path("hooks/<path:anything>", hooks.nothing, name="hook-nothing"),
]
