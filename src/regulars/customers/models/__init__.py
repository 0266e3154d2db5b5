"""The tables of customers; a file for each thing they are about."""

from regulars.customers.models.contact import Attestation, Consent, Occasion, Pause, Preference, Suppression
from regulars.customers.models.identity import Customer, Evidence, Identifier, MergeEvent, Relation, Suggestion
from regulars.customers.models.told import DATES_OF_LISTS, Attribute, AttributeValue, Event

__all__ = [
    "DATES_OF_LISTS",
    "Attestation",
    "Attribute",
    "AttributeValue",
    "Consent",
    "Customer",
    "Event",
    "Evidence",
    "Identifier",
    "MergeEvent",
    "Occasion",
    "Pause",
    "Preference",
    "Relation",
    "Suggestion",
    "Suppression",
]
