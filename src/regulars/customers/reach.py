"""How many people may be written to at all? So that a first campaign does not silently reach nobody."""

from dataclasses import dataclass

from regulars.customers.models import Attestation, Consent, Identifier


@dataclass(frozen=True)
class Reach:
    """E-mail addresses in all; with a yes and its proof; claimed by a customer list; vouched: the owner said how."""

    addresses: int
    granted: int
    claimed: int
    vouched: bool
    buyers: bool

    @property
    def nobody(self) -> bool:
        """Whether a campaign would reach nobody."""
        return not (self.granted or (self.claimed and self.vouched) or self.buyers)


def by_email() -> Reach:
    """As things stand now."""
    said = Consent.objects.filter(channel="email")
    kinds = set(Attestation.objects.filter(channel="email", ended_at=None).values_list("kind", flat=True))
    return Reach(
        addresses=Identifier.objects.filter(kind="email", blocked="").count(),
        granted=said.filter(state=Consent.State.GRANTED).values("identifier_id").distinct().count(),
        claimed=said.filter(state=Consent.State.CLAIMED).values("identifier_id").distinct().count(),
        vouched=Attestation.Kind.CLAIMED in kinds,
        buyers=Attestation.Kind.SOFT_OPT_IN in kinds,
    )
