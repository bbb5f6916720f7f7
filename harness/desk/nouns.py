"""The words of the Service Desk: steps, states, acts, roles. What may follow what: `lifecycle`.

A value is what a person reads in a list, types after an option and finds in JSON.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Step(IntEnum):
    """The six steps of the offering, section 3; a ticket is always at one of them."""

    DETECTION = 1
    REGISTRATION = 2
    CLASSIFICATION = 3
    INVESTIGATION = 4
    RESOLUTION = 5
    CLOSURE = 6

    @property
    def label(self) -> str:
        """The name as the offering prints it.

        >>> Step.INVESTIGATION.label
        'Investigation and Escalation'
        """
        return _STEP_LABELS[self]


_STEP_LABELS = {
    Step.DETECTION: "Detection and Initiation",
    Step.REGISTRATION: "Registration",
    Step.CLASSIFICATION: "Classification",
    Step.INVESTIGATION: "Investigation and Escalation",
    Step.RESOLUTION: "Resolution",
    Step.CLOSURE: "Closure",
}


class Process(StrEnum):
    """A process of the offering, by its section; a row of the RACI matrix each."""

    DETECTION = "3.2"
    REGISTRATION = "3.3"
    CLASSIFICATION = "3.4"
    INVESTIGATION = "3.5"
    RESOLUTION = "3.6"
    CLOSURE = "3.7"
    MONITORING = "3.8"

    @property
    def label(self) -> str:
        """The step that it is, or else the Monitoring process.

        >>> Process.CLOSURE.label, Process.MONITORING.label
        ('Step 6: Closure', 'Monitoring')
        """
        if self is Process.MONITORING:
            return "Monitoring"
        step = Step[self.name]
        return f"Step {step.value}: {step.label}"


class Kind(StrEnum):
    """What a ticket is (offering, 1.1)."""

    INCIDENT = "Incident"
    REQUEST = "Request"
    CHANGE = "Request for Change"


class Role(StrEnum):
    """Who acts. The User is a Member State, which is the first level for its own end users."""

    USER = "user"
    SUPPORT = "support"
    TECHNICAL_OFFICE = "technical-office"
    DATACENTRE = "datacentre"
    NETWORK = "network"
    PMO = "pmo"
    MONITORING = "monitoring"
    END_USER = "end-user"

    @property
    def label(self) -> str:
        """The name in a sentence.

        >>> Role.PMO.label
        'the Project Management Office'
        """
        return _ROLE_LABELS[self]


_ROLE_LABELS = {
    Role.USER: "the User",
    Role.SUPPORT: "the Support Team",
    Role.TECHNICAL_OFFICE: "the Technical Office",
    Role.DATACENTRE: "the Datacentre Team",
    Role.NETWORK: "the Network Team",
    Role.PMO: "the Project Management Office",
    Role.MONITORING: "Monitoring",
    Role.END_USER: "an end user",
}

THIRD_LEVEL = (Role.TECHNICAL_OFFICE, Role.DATACENTRE, Role.NETWORK)
"""The teams that are called in for further analysis; none of them closes a ticket."""


class State(StrEnum):
    """Where a ticket is, finer than its step."""

    UNDETECTED = "not yet detected"
    DETECTED = "detected"
    REPORTED = "reported"
    CONTACTED = "brought by an end user"
    TURNED_AWAY = "turned to the first level"
    CAPTURED = "captured by monitoring"
    SOUGHT = "existing tickets sought"
    REGISTERED = "registered"
    ACKNOWLEDGED = "user notified"
    CLASSIFIED = "classified"
    KNOWN = "a solution is known"
    NOVEL = "no solution is known"
    ASSIGNED = "assigned"
    DIAGNOSING = "to be diagnosed"
    DIAGNOSED = "diagnosed"
    WAITING = "waiting for the user"
    SOLVING = "being solved"
    ESCALATED = "with the 3rd level"
    FIXED = "resolved by the 3rd level"
    WITH_PMO = "with the PMO"
    LINKED = "with its master"
    DEFINED = "resolution defined"
    PROPOSED = "waiting for validation"
    VALIDATED = "validated"
    RESOLVED = "resolved"
    RECORDED = "knowledge recorded"
    CHECKED = "resolution checked"
    ACCEPTED = "accepted"
    CLOSED = "closed"

    @property
    def step(self) -> Step:
        """The step that it belongs to.

        >>> State.WAITING.step
        <Step.INVESTIGATION: 4>
        """
        return _STEP_OF[self]


_FIRST_OF_STEP = {
    State.UNDETECTED: Step.DETECTION,
    State.CAPTURED: Step.REGISTRATION,
    State.CLASSIFIED: Step.CLASSIFICATION,
    State.ASSIGNED: Step.INVESTIGATION,
    State.DEFINED: Step.RESOLUTION,
    State.CHECKED: Step.CLOSURE,
}


def _steps() -> dict[State, Step]:
    """The states are listed step by step."""
    found: dict[State, Step] = {}
    step = Step.DETECTION
    for state in State:
        step = _FIRST_OF_STEP.get(state, step)
        found[state] = step
    return found


_STEP_OF = _steps()

SETTLED = (State.RESOLVED, State.RECORDED, State.CHECKED, State.ACCEPTED, State.CLOSED)
"""Nothing is left to solve: what fails again reopens, or waits until the acceptance expires."""

ENDED = (State.CLOSED, State.TURNED_AWAY)
"""Nothing is left to do."""

UNBORN = (State.UNDETECTED, State.DETECTED, State.CONTACTED, State.TURNED_AWAY)
"""No ticket of the desk: nothing was reported to it, or not by one of its users."""

OPEN = tuple(state for state in State if state not in (*SETTLED, *UNBORN))
"""Somebody has something to do before it is solved."""

AWAITS_USER = (State.WAITING, State.PROPOSED)
"""The next move is the User's: the clock stands still."""


class Act(StrEnum):
    """What can be done to a ticket; `lifecycle.RULES` says when, by whom and to what end."""

    DETECT = "detect"
    REPORT = "report"
    CONTACT = "contact"
    TURN_AWAY = "turn-away"
    IDENTIFY = "identify"
    REGISTER = "register"
    UPDATE = "update"
    REOPEN = "reopen"
    NOTIFY = "notify"
    CLASSIFY = "classify"
    FIND_KNOWN = "find-known"
    FIND_NONE = "find-none"
    ASSIGN = "assign"
    APPLY = "apply"
    COMPARE = "compare"
    MERGE = "merge"
    SPLIT = "split"
    ADOPT = "adopt"
    RELEASE = "release"
    DIAGNOSE = "diagnose"
    ASK = "ask"
    ANSWER = "answer"
    TAKE = "take"
    ESCALATE = "escalate"
    INVESTIGATE = "investigate"
    FIX = "fix"
    HAND_BACK = "hand-back"
    ROUTE = "route"
    RECALL = "recall"
    DEFINE = "define"
    DECLINE = "decline"
    INHERIT = "inherit"
    COMMUNICATE = "communicate"
    VALIDATE = "validate"
    REJECT = "reject"
    LAPSE = "lapse"
    CONFIRM = "confirm"
    RESOLVE = "resolve"
    RECORD = "record"
    CHECK = "check"
    REFUTE = "refute"
    CLOSE = "close"
    ACCEPT = "accept"
    OBSERVE = "observe"
    CAPTURE = "capture"
    VERIFY = "verify"
    FLAP = "flap"
    SETTLE = "settle"
    PRIORITISE = "prioritise"
    HAND_OVER = "hand-over"
    REMIND = "remind"
    TELL = "tell"
    WRITE = "write"
    NOTE = "note"


class Need(StrEnum):
    """What a move needs besides its state and its role; the value completes "expected ..."."""

    REASON = "a reason in words"
    GREEN = "a green re-run of its check, later than the last failure"
    GREEN_AGAIN = "a green re-run of its check, later than the resolution"
    SAME_CHECK = "a re-run of that very check on that very subject and configuration"
    HOLDER = "the team that has the ticket"
    THIRD_LEVEL = "a team of the 3rd level"
    NO_CHECK = "a ticket that no check opened"
    NO_USER = "a ticket of no Member State, that no User has a part in"
    REMINDED = "two reminders that the user left unanswered"
    EXPIRY = "an owner, and an expiry that is still to come and at most a year away"
    NO_FAILURE = "an outcome other than failed, for what fails again reopens the ticket"
    OTHER_TICKET = "the number of another ticket"


class Outcome(StrEnum):
    """How a run of a check ended, as a desk sees it: what did not run is neither of the others."""

    FAILED = "failed"
    PASSED = "passed"
    NOT_RUN = "not run"
