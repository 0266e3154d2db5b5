"""The tables of plays: campaigns, the plays of every day, and what was planned for a day."""

from regulars.plays.models.campaign import Campaign
from regulars.plays.models.planned import DayPlan, Proposal
from regulars.plays.models.play import Play, PlayVersion, Switch
from regulars.plays.models.rehearsal import Rehearsal

__all__ = ["Campaign", "DayPlan", "Play", "PlayVersion", "Proposal", "Rehearsal", "Switch"]
