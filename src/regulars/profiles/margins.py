"""How much of net revenue stays? Over the whole past, of everybody."""

from django.db.models import Sum

from regulars.profiles.models import Profile


def margin_rate() -> float:
    """Margin over net revenue, between 0 and 1; 0 where neither is known."""
    sums = Profile.objects.aggregate(margin=Sum("margin_total"), net=Sum("net_total"))
    return max(0.0, min(1.0, (sums["margin"] or 0) / sums["net"])) if sums["net"] else 0.0
