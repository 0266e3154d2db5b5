"""The product's pages and /plain: 50 rows of customers in a plain template."""

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from regulars.customers.models import Customer
from regulars.urls import urlpatterns as product

TEMPLATE = engines["django"].from_string(
    "<table>{% for c in rows %}<tr><td>{{ c.name }}</td><td>{{ c.email }}</td></tr>{% endfor %}</table>"
)


def plain(request: HttpRequest) -> HttpResponse:
    """Fifty rows, nothing else."""
    return HttpResponse(TEMPLATE.render({"rows": Customer.objects.order_by("pk")[:50]}, request))


urlpatterns = [*product, path("plain", plain)]
