"""What the header of a record says: which harness asked what, by which rules, of whom.

Three hashes make runs comparable: `rules` (what a verdict means), `asked` (those and the
selection) and `of_whom`. Ports and keys that a landscape makes anew in each run are told, but not
hashed; what a target file says of them is. No secret goes into a hash.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import harness
from harness.checks import Check
from harness.data import FIXTURES
from harness.explain import explanations
from harness.model import Questions, Reach, Target
from harness.readings import Reading
from harness.record_lines import canonical_hash
from harness.requirements import CURRENT_PROFILE, requirements

LIBRARIES = ("cryptography", "dnspython", "httpcore", "lxml")
"""The libraries that the judge judges with."""


def run_id(started: datetime, suffix: str) -> str:
    """The name of a run: when it started and a few random characters that the caller draws.

    >>> run_id(datetime(2026, 9, 1, 8, 30, tzinfo=UTC), "3f9a")
    '20260901T083000Z-3f9a'
    """
    return f"{started.astimezone(UTC):%Y%m%dT%H%M%SZ}-{suffix}"


def header_facts(  # noqa: PLR0913 -- the six things that a header tells
    run: str,
    started: datetime,
    *,
    target: Mapping[str, object],
    selection: Mapping[str, object],
    checks: Sequence[Check],
    fault: str | None,
    planned: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """The header of a run; `checks` is the catalogue, `selection` what the user chose of it."""
    rules = rules_hash(checks, FIXTURES)
    return {
        "run": run,
        "started": started.isoformat(),
        "versions": versions(),
        "rules": rules,
        "asked": asked_hash(selection, rules),
        "of_whom": whom_hash(target),
        "target": target,
        "selection": selection,
        "catalogue": [_entry(check) for check in checks],
        "left_out": _left_out(selection, checks),
        "readings": [_reading(entry) for entry in _registers(checks)],
        "not_tested": [
            {"requirement": entry.slug, "clause": entry.clause, "reason": entry.not_tested}
            for entry in requirements().values()
            if entry.not_tested
        ],
        "fault": fault,
        "planned": planned,
    }


def target_facts(target: Target) -> dict[str, object]:
    """A target without its bytes and without its secrets.

    `reached` holds all that leads to it. Of a target file, `given` is the hash of that; a landscape
    has none, because its ports and keys are made anew in each run. Questions are hashed as they
    were before anything was learned: this is to be called on the target that was loaded.
    """
    return {
        "name": target.name,
        "template": target.template,
        "majors": list(target.majors),
        "roles": sorted(target.roles),
        "services": sorted(map(str, target.keys)),
        "questions": canonical_hash(
            {str(k): _given_questions(q) for k, q in target.questions.items()}
        ),
        "fault": target.fault,
        "given": None if target.source is None else canonical_hash(_given(target)),
        "reached": {"file": target.source, **_given(target), "nameserver": _place(target)},
    }


def _given_questions(asked: Questions) -> dict[str, object]:
    return {name: value for name, value in asdict(asked).items() if name != "unlearned"}


def asked_hash(selection: Mapping[str, object], rules: str) -> str:
    """What was asked: the rules of `rules_hash`, and what the user chose of them."""
    return canonical_hash({"selection": selection, "rules": rules})


def whom_hash(target: Mapping[str, object]) -> str:
    """Of whom it was asked, by the facts of a target."""
    return canonical_hash({name: fact for name, fact in target.items() if name != "reached"})


def _given(target: Target) -> dict[str, object]:
    """What leads to a target, files by their digests: where they lie on this machine is no matter.

    Of secrets, and of what only a secret opens, there is nothing but that they were given.
    """
    return {
        "nameserver": _address(target.nameserver),
        "other_nameservers": [_address(each) for each in target.other_nameservers],
        "zone": _digest_of(target.zone),
        "zone_anchors": list(target.zone_anchors),
        "overview": None
        if target.overview is None
        else canonical_hash(
            [[str(row.key), row.major, row.uri, row.operator] for row in target.overview]
        ),
        "roots": {str(key): root for key, root in target.roots.items()},
        "tls_roots": _digest(target.tls_roots),
        "trust_anchors": {str(e): _digest(pem) for e, pem in target.trust_anchors.items()},
        "reach": _reach_facts(target.reach),
    }


def _reach_facts(reach: Reach) -> dict[str, object]:
    return {
        "dns_timeout": reach.dns_timeout,
        "connect_timeout": reach.connect_timeout,
        "total_timeout": reach.total_timeout,
        "rate": reach.rate,
        "give_up_after": reach.give_up_after,
        "proxy": reach.proxy,
        "proxy_credentials": reach.proxy_credentials is not None,
        "client_certificate": _digest(_public_part(reach.client_certificate)),
        "headers": sorted(name.lower() for name, _ in reach.headers),
        "addresses_by_system": reach.addresses_by_system,
    }


def versions() -> dict[str, object]:
    """The harness, its interpreter and the libraries it judges with."""
    return {
        "harness": harness.__version__,
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
    }


def rules_hash(checks: Sequence[Check], fixtures: Path) -> str:
    """What verdicts follow from: checks, requirements, readings and levels; hexadecimal SHA-256."""
    others = (fixtures / "levels.toml", fixtures / "readings.toml")
    files = (*sorted((fixtures / "requirements").glob("*.toml")), *others)
    return canonical_hash(
        {
            "checks": [_rule(check) for check in checks],
            "files": {path.name: _digest(path.read_bytes()) for path in files if path.is_file()},
        }
    )


def _entry(check: Check) -> dict[str, object]:
    requirement = check.requirement
    explanation = explanations().get(check.id)
    return {
        "check": check.id,
        "title": check.title,
        "chapter": check.chapter,
        "severity": requirement.severity,
        "keyword": requirement.keyword,
        "requirement": requirement.slug,
        "statement": requirement.statement,
        "role": requirement.role,
        "services": list(check.services),
        "optional": check.optional,
        "path": check.path,
        "reading": None if check.register is None else check.register.slug,
        "explanation": None if explanation is None else asdict(explanation),
    }


def _left_out(selection: Mapping[str, object], checks: Sequence[Check]) -> list[dict[str, object]]:
    """The checks whose requirement is not in the rule profile, with the profiles that it is in."""
    profile = selection.get("profile", CURRENT_PROFILE)
    return [
        {"check": check.id, "profiles": list(check.profiles)}
        for check in checks
        if profile not in check.profiles
    ]


def _registers(checks: Sequence[Check]) -> Sequence[Reading]:
    """The ambiguous clauses that these checks depend on, each once."""
    return tuple(dict.fromkeys(check.register for check in checks if check.register))


def _reading(entry: Reading) -> dict[str, object]:
    return {
        "reading": entry.slug,
        "question": entry.question,
        "choice": entry.choice,
        "why": entry.why,
        "readings": dict(entry.readings),
    }


def _rule(check: Check) -> list[object]:
    return [check.id, list(check.verifies), list(check.finds), check.reading]


def _public_part(pem: bytes | None) -> bytes | None:
    """The certificates of a client, without the key after them."""
    if pem is None:
        return None
    end = b"-----END CERTIFICATE-----"
    certificates, found, _key = pem.rpartition(end)
    return certificates + found


def _address(nameserver: tuple[str, int] | None) -> str | None:
    return None if nameserver is None else "{} port {}".format(*nameserver)


def _place(target: Target) -> str:
    """Where the zone is read: a name server, or a file that is not yet published."""
    return _address(target.nameserver) or f"the file {target.zone_file}"


def _digest_of(text: str | None) -> str | None:
    return None if text is None else _digest(text.encode())


def _digest(data: bytes | None) -> str | None:
    return None if data is None else hashlib.sha256(data).hexdigest()
