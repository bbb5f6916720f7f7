"""Whether the trust anchors of the file fit the signatures that are seen.

An anchor that vouches for nothing looks like a directory that signs wrongly. What tells them apart:
whether another signer of that environment is vouched for; whether another environment's anchor
vouches; whether the chain that is sent ends at a root of its own, and under which name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.hashes import SHA256

from harness.chain import Chain, name_of, ordered, roots_of, trusted
from harness.doctor.case import Case
from harness.doctor.credentials import CHAIN, is_of_tests
from harness.doctor.told import Skipped, Told, count, few, whom
from harness.errors import Unreachable, UsageFault, Violation
from harness.model import Blame, Environment, HttpResponse, ServiceKey
from harness.observatory import Watch
from harness.subjects.seal import Seal

_Signed = tuple[tuple[ServiceKey, ...], Chain]
_ByEnvironment = Mapping[Environment, Sequence[_Signed]]


async def anchors_fit(case: Case) -> tuple[Told, ...]:
    """The anchors of each environment vouch for its signers."""
    watch = Watch()
    signed: dict[Environment, list[_Signed]] = {}
    for _, keys, trace in await case.answers(watch):
        chain = _chain(trace.answer)
        if chain is not None:
            signed.setdefault(keys[0].environment, []).append((keys, chain))
    given = {name: some for name, some in signed.items() if name in case.target.trust_anchors}
    if not signed:
        raise Skipped("no signed answer was seen")
    if not given:
        raise Skipped("no trust anchor is given")
    if not any(readable(case.target.trust_anchors[name]) for name in given):
        raise Skipped("they cannot be read; see trust anchors of the file")
    found = [t for name in given for t in _unfitting(case, name, signed, watch)]
    signers = few({name_of(chain.leaf) for some in given.values() for _, chain in some})
    return tuple(found) or (Told(seen=f"they vouch for {signers}", watch=watch),)


def _chain(answer: HttpResponse | None) -> Chain | None:
    try:
        return Seal(answer).chain if answer else None
    except Unreachable:
        return None


def _unfitting(
    case: Case, environment: Environment, everybody: _ByEnvironment, watch: Watch
) -> tuple[Told, ...]:
    """What an environment's anchors do not vouch for, and whose that is."""
    signed = everybody[environment]
    anchors = case.target.trust_anchors[environment]
    strange = [(keys, chain) for keys, chain in signed if not vouches(anchors, chain)]
    if not strange or not readable(anchors):
        return ()
    if len(strange) < len(signed):
        fine = count(len(signed) - len(strange), "other signer")
        return tuple(_theirs(*each, f"the anchor vouches for {fine}", watch) for each in strange)
    doubt = _doubt(case, environment, everybody)
    if doubt is None:
        return tuple(_theirs(*each, "its chain leads to no root", watch) for each in strange)
    whose, seen, fix = doubt
    if whose is Blame.SUBJECT:
        return tuple(_theirs(*each, seen, watch) for each in strange)
    return (
        Told(
            whose=whose,
            seen=seen,
            expected=f"an anchor of {environment} that the signatures lead to",
            fix=fix,
            explains=CHAIN,
            watch=watch,
            subjects=(f"*-{environment}",),
            about=environment,
        ),
    )


def readable(anchors: bytes) -> bool:
    """Whether anchors can be read."""
    try:
        return bool(roots_of(anchors))
    except UsageFault:
        return False


def vouches(anchors: bytes, chain: Chain) -> bool:
    """Whether anchors vouch for a chain; those that cannot be read vouch for none."""
    try:
        trusted(chain, anchors)
    except (Violation, UsageFault):
        return False
    return True


def _doubt(
    case: Case, environment: Environment, signed: _ByEnvironment
) -> tuple[Blame, str, str] | None:
    """Whose it is that an anchor vouches for nobody, what was seen, how to mend it."""
    held = case.target.trust_anchors
    strange = (c for _, c in signed[environment] if not vouches(held[environment], c))
    chain = next(strange)
    root = _root(chain)
    if root is None:
        return None
    given = roots_of(held[environment])
    names = few(map(name_of, given))
    seen = f"the file has {names}; the signatures lead to {name_of(root)}"
    meant = environment is not Environment.PROD
    if all(is_of_tests(each) == meant for each in given) and is_of_tests(root) != meant:
        return Blame.SUBJECT, f"{seen}, the root of another environment", ""
    others = [e for e, pem in held.items() if e != environment and vouches(pem, chain)]
    swapped = [other for other in others if _is_swapped(case, environment, other, signed)]
    other = next(iter((*swapped, *others)), None)
    if other:
        fix = f"use the file of {other} for {environment} too"
        if other in swapped:
            fix = f"swap the anchors of {environment} and {other}: each is in the other's place"
        return Blame.CONFIGURATION, f"{seen}, which the file has for {other} (proven)", fix
    shown = f"SHA-256 {root.fingerprint(SHA256()).hex()}"
    if any(each.subject == root.subject for each in given):
        fix = (
            f"yours or theirs: compare the fingerprint with the published root ({shown} is seen):"
            " the same: it was renewed, give that one; another: it is forged, tell the operator"
        )
        return Blame.CONFIGURATION, f"{seen}, of the same name with another key", fix
    fix = (
        f"give the root of {environment} that the answers chain to ({shown}), if that is the"
        " published one; if not, tell the operator: it is yours or theirs"
    )
    return Blame.CONFIGURATION, seen, fix


def _is_swapped(
    case: Case, environment: Environment, other: Environment, signed: _ByEnvironment
) -> bool:
    """Whether what one environment holds is right for another: by its signers, else by its name.

    By name production alone is told from the rest, which share their root.
    """
    anchors = case.target.trust_anchors[environment]
    seen = signed.get(other)
    if seen:
        return any(vouches(anchors, chain) for _, chain in seen)
    if Environment.PROD not in (environment, other):
        return False
    return all(is_of_tests(each) == (other != Environment.PROD) for each in roots_of(anchors))


def _root(chain: Chain) -> x509.Certificate | None:
    """The root that a sound chain ends at, of an authority; None where it shows none."""
    last = chain.certificates[-1]
    try:
        ordered(chain)
        last.verify_directly_issued_by(last)
        basic = last.extensions.get_extension_for_class(x509.BasicConstraints).value
    except (Violation, ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return None
    return last if basic.ca else None


def _theirs(keys: tuple[ServiceKey, ...], chain: Chain, why: str, watch: Watch) -> Told:
    return Told(
        whose=Blame.SUBJECT,
        seen=f"{chain}: no path to an anchor; {why}",
        expected="a chain that leads to the root of the environment",
        fix="tell its operator; SIG-17 judges it",
        explains=CHAIN,
        watch=watch,
        subjects=whom(keys),
        about=few(keys),
    )
