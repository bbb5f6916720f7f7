"""What the Service Desk is for (offering, 1.3): its two tables of questions, topics, environments.

The ticks of both tables are lost in the text at hand: what they said is `UNKNOWN`, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Support(StrEnum):
    """Whether a question is answered."""

    WITH_EDELIVERY_PKI = "supported if using the eDelivery PKI"
    UNKNOWN = "unknown: the mark is lost in the text at hand"


@dataclass(frozen=True, slots=True)
class ScopeTable:
    """One table of 1.3.1: the users of the Commission's product and those of another one.

    `rows` pairs a question with what each of the two is answered.
    """

    title: str
    ours: str
    others: str
    rows: tuple[tuple[str, Support, Support], ...]

    def support(self, question: str, *, sample: bool) -> Support | None:
        """What a question is answered, of a user of the Commission's product; None: not in it.

        >>> ACCESS_POINTS.support("Certificates", sample=False).value
        'supported if using the eDelivery PKI'
        """
        for asked, ours, others in self.rows:
            if asked == question:
                return ours if sample else others
        return None


_LOST = (Support.UNKNOWN, Support.UNKNOWN)
_PKI = (Support.WITH_EDELIVERY_PKI, Support.WITH_EDELIVERY_PKI)

ACCESS_POINTS = ScopeTable(
    "Access Points",
    "Users of the eDelivery (Domibus) sample software",
    "Users of an implementation other than the eDelivery (Domibus) sample software",
    (
        ("Specifications", *_LOST),
        ("Deployment", *_LOST),
        ("Configuration", *_LOST),
        ("Certificates", *_PKI),
        ("Connectivity", *_LOST),
        ("Bugs and Troubleshooting", *_LOST),
    ),
)
COMMON_SERVICES = ScopeTable(
    "Common Services",
    "Users of the EC managed Common Services",
    "Users of an implementation other than EC managed Common Services",
    (
        ("Specifications", *_LOST),
        ("Deployment", *_LOST),
        ("Configuration", *_LOST),
        ("Connectivity", *_LOST),
        ("Bugs and Troubleshooting", *_LOST),
    ),
)
MONITORED = ("Evidence Broker", "Data Service Directory", "Semantic Repository")
"""What the Monitoring process watches (1.3.2)."""

ENVIRONMENTS: Mapping[str, str] = MappingProxyType(
    {
        "PROD": "production",
        "ACC": "acceptance, a mirror of production",
        "TRAINING": "training",
        "PROJ": "sealed, for Projectathons",
        "UAT": "user acceptance tests",
    }
)
"""The environments that a ticket names."""


class Topic(StrEnum):
    """What a ticket is about: the topics of the desk's public page, and those of the PMO (1.3)."""

    TECHNICAL = "technical question"
    CRITICAL = "critical technical incident"
    SECURITY = "security issue"
    VULNERABILITY = "vulnerability"
    MAINTENANCE = "scheduled maintenance or downtime of an Access Point"
    CERTIFICATE = "PKI certificate"
    CONFIGURATION = "Access Point configuration change"
    DASHBOARD = "Technical Dashboard and Admin UI access"
    PROJECT = "project management"
    TESTING = "testing services"
    SIMULATOR = "simulators"
    PROJECTATHON = "Projectathons"

    @property
    def of_the_pmo(self) -> bool:
        """Whether the PMO answers it, the desk staying the first point of contact."""
        return self in _PMO

    @property
    def restricted(self) -> bool:
        """Whether its details are for those who act on it only.

        >>> Topic.VULNERABILITY.restricted, Topic.TECHNICAL.restricted
        (True, False)
        """
        return self in (Topic.SECURITY, Topic.VULNERABILITY)


_PMO = (Topic.PROJECT, Topic.TESTING, Topic.SIMULATOR, Topic.PROJECTATHON)

CERTIFICATES_EACH = 2
"""PKI certificates that a Member State gets at most (the desk's public page)."""

_WORDS: Mapping[Topic, str] = MappingProxyType(
    {
        Topic.VULNERABILITY: r"vulnerabilit\w+|CVE-\d+",
        Topic.SECURITY: r"security|intrusion|leaked|compromised",
        Topic.PROJECTATHON: r"projectathons?",
        Topic.SIMULATOR: r"simulators?",
        Topic.TESTING: r"testing services?",
        Topic.CRITICAL: r"unexpected downtime|outage",
        Topic.MAINTENANCE: r"maintenance|planned downtime|scheduled downtime",
        Topic.CERTIFICATE: r"pki|certificate request|new certificates?",
        Topic.DASHBOARD: r"dashboard|admin ui",
    }
)


def suggestion(text: str) -> tuple[Topic, str] | None:
    """A topic that a text may be about, with the word that says so; None where no word does.

    What must be kept from others comes first, what the PMO answers second.

    >>> topic, word = suggestion("When does the Projectathon in Lyon begin?")
    >>> topic.of_the_pmo, word
    (True, 'Projectathon')
    """
    for topic, pattern in _WORDS.items():
        if found := re.search(rf"\b(?:{pattern})\b", text, re.IGNORECASE):
            return topic, found[0]
    return None
