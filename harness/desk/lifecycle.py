"""What the table of `rules` answers: the moves out of a state, for whom, and the way to an end.

A move that is not in the table, or not the role's, raises `IllegalMove` and changes nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from harness.desk.nouns import Act, Need, Role, State
from harness.desk.rules import RULES, Rule, Turn
from harness.errors import UsageFault


@dataclass(frozen=True, slots=True)
class Move:
    """One way out of one state."""

    source: State
    rule: Rule

    @property
    def act(self) -> Act:
        """What is done."""
        return self.rule.act

    @property
    def to(self) -> State | None:
        """Where it leads; None where that is the state in which the ticket was merged."""
        match self.rule.to:
            case Turn.STAY:
                return self.source
            case Turn.BACK:
                return None
        return self.rule.to


class IllegalMove(UsageFault):
    """A move that is refused; `legal` are the acts that are possible, with who may do each."""

    def __init__(self, ticket: int, state: State, *, expected: str, seen: str, remedy: str) -> None:
        self.ticket, self.state = ticket, state
        self.legal = options(state)
        where = f"ticket {ticket} at step {state.step.value}, {state.step.label} ({state})"
        super().__init__(where, expected=expected, seen=seen, remedy=remedy)


class NotInThisState(IllegalMove):
    """The act leads nowhere from the state that the ticket is in."""


class NotResponsible(IllegalMove):
    """Another role has to do it."""


class Unmet(IllegalMove):
    """The move lacks something that it needs; `need` says what."""

    def __init__(self, ticket: int, move: Move, *, need: Need, seen: str) -> None:
        self.need = need
        super().__init__(
            ticket,
            move.source,
            expected=f"{need}, to {move.act}",
            seen=seen,
            remedy="provide it, or choose another move; nothing was changed",
        )


def _moves() -> dict[State, dict[Act, Move]]:
    found: dict[State, dict[Act, Move]] = {state: {} for state in State}
    for rule in RULES:
        for source in rule.of:
            if rule.act in found[source]:
                raise ValueError(f"two rules for {rule.act} in {source}")
            found[source][rule.act] = Move(source, rule)
    return found


MOVES: Mapping[State, Mapping[Act, Move]] = MappingProxyType(
    {state: MappingProxyType(moves) for state, moves in _moves().items()}
)
"""Every move, by the state that it leaves and by its act."""


def legal(state: State, role: Role) -> tuple[Act, ...]:
    """The acts that a role may do in a state, in the order of the table.

    >>> [act.value for act in legal(State.PROPOSED, Role.USER)]
    ['validate', 'reject', 'write']
    >>> legal(State.CLOSED, Role.END_USER)
    ()
    """
    return tuple(act for act, move in MOVES[state].items() if role in move.rule.by)


def options(state: State) -> tuple[tuple[Act, tuple[Role, ...]], ...]:
    """Every act that is possible in a state, with who may do it."""
    return tuple((act, move.rule.by) for act, move in MOVES[state].items())


def move(ticket: int, state: State, *, act: Act, role: Role) -> Move:
    """The move that somebody wants to make; raises `IllegalMove` where the table has none.

    >>> move(1, State.DEFINED, act=Act.COMMUNICATE, role=Role.SUPPORT).to.value
    'waiting for validation'
    >>> try: move(1, State.PROPOSED, act=Act.VALIDATE, role=Role.NETWORK)
    ... except NotResponsible as refused: print(str(refused).partition(": ")[2])
    expected validate by the User, but saw validate by the Network Team; \
the Network Team can do note here; nothing was changed
    """
    found = MOVES[state].get(act)
    if found is None:
        raise NotInThisState(
            ticket,
            state,
            expected=_onward(state),
            seen=f"{act} by {role.label}",
            remedy=_remedy(state, role),
        )
    if role not in found.rule.by:
        raise NotResponsible(
            ticket,
            state,
            expected=f"{act} by {_either(found.rule.by)}",
            seen=f"{act} by {role.label}",
            remedy=_remedy(state, role),
        )
    return found


EXCEPTIONAL = (
    *(Act.TURN_AWAY, Act.REOPEN, Act.MERGE, Act.SPLIT, Act.ROUTE, Act.RECALL, Act.DECLINE),
    *(Act.REJECT, Act.LAPSE, Act.CONFIRM, Act.REFUTE, Act.ACCEPT),
)
"""Moves that lead aside or back; a way to an end takes them only where it is told to."""


def way(
    start: State,
    goal: Collection[State],
    *,
    by: Collection[Role],
    but: Collection[Act] = EXCEPTIONAL,
) -> tuple[Move, ...] | None:
    """The shortest way from a state to any of several, by these roles, without some acts.

    None: there is no way.

    >>> [step.act.value for step in way(State.VALIDATED, [State.CLOSED], by=[Role.SUPPORT])]
    ['resolve', 'record', 'check', 'close']
    >>> way(State.PROPOSED, [State.CLOSED], by=[Role.NETWORK]) is None
    True
    """
    came: dict[State, tuple[Move, ...]] = {start: ()}
    waiting = deque([start])
    while waiting:
        state = waiting.popleft()
        if state in goal:
            return came[state]
        for step in _steps(state, by=by, but=but):
            if step.to and step.to not in came:
                came[step.to] = (*came[state], step)
                waiting.append(step.to)
    return None


def _steps(state: State, *, by: Collection[Role], but: Collection[Act]) -> Iterator[Move]:
    for step in MOVES[state].values():
        if step.act not in but and any(role in by for role in step.rule.by):
            yield step


def _onward(state: State) -> str:
    """The moves that lead on from a state, by whom; or all, where none leads on."""
    found = MOVES[state].values()
    onward = [step for step in found if not step.rule.quiet] or list(found)
    parts: dict[tuple[Role, ...], list[str]] = {}
    for step in onward:
        parts.setdefault(step.rule.by, []).append(step.act)
    told = (f"{_listed(acts)} by {_either(by)}" for by, acts in parts.items())
    return "; ".join(told) or "nothing more, for this is an end"


def _remedy(state: State, role: Role) -> str:
    can = legal(state, role)
    told = f"{role.label} can do {_listed(can)} here" if can else f"{role.label} waits for others"
    return f"{told}; nothing was changed"


def _either(roles: Collection[Role]) -> str:
    return _listed([role.label for role in roles])


def _listed(words: Collection[str]) -> str:
    """Words joined as a sentence joins them.

    >>> _listed(["a", "b", "c"])
    'a, b or c'
    """
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last
