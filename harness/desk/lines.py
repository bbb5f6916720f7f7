"""The numbered process lines of section 3 of the Service Desk offering, in our own words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

LINES: Mapping[str, str] = MappingProxyType(
    {
        "3.2.1": "The User detects an interruption, a loss of quality, a need.",
        "3.2.2": "The User reports it to the Support Team, as precisely as possible.",
        "3.3.1": "See whether a ticket for this very case exists.",
        "3.3.2": "Create a new ticket, or update or reopen the existing one.",
        "3.3.3": "Notify the User of the registration by e-mail.",
        "3.4.1": "Classify by type: Incident, Request or Request for Change.",
        "3.4.2": "See whether there is a solution or a workaround already.",
        "3.4.3": "If not, assign the ticket internally.",
        "3.4.4": "If so, resolve it with that and go to step 5.",
        "3.5.1": "Search for similar tickets.",
        "3.5.2": "Associate the ticket with the master ticket that covers all similar ones.",
        "3.5.3": "Diagnose.",
        "3.5.4": "If the User has to say more, ask the User.",
        "3.5.5": "The User gives what was asked for.",
        "3.5.6": "If the Support Team can solve it, assign it to a member of the team.",
        "3.5.7": "If it cannot, escalate to the 3rd level.",
        "3.5.8": "The 3rd level investigates, may resolve, and has the Support Team re-diagnose.",
        "3.6.1": "The Support Team defines the resolution.",
        "3.6.2": "The Support Team communicates it to the User.",
        "3.6.3": "The User validates it.",
        "3.6.4": "Once it is validated, the Support Team resolves the ticket.",
        "3.6.5": "The Support Team updates the knowledge base.",
        "3.7.1": "Check the resolution before closing.",
        "3.7.2": "Close the ticket.",
        "3.8.1": "Check availability and capacity by continuous automated monitoring.",
        "3.8.2": "What monitoring detects is captured and goes to step 2.",
    }
)
