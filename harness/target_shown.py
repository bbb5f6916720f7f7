"""A target file in its resolved form, for people and machines: no secret, no key, no bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields, replace

from cryptography.hazmat.primitives.serialization import Encoding

from harness.data import FIXTURES
from harness.execution import Selection
from harness.extensions import checks
from harness.model import Questions, Service, ServiceKey, Target
from harness.provenance import asked_hash, rules_hash, target_facts, whom_hash
from harness.target_certificates import certificates, name_of
from harness.target_file import TargetFile

_WIDEST = 34


def resolved(file: TargetFile) -> dict[str, object]:
    """Every key with the value that counts, by default where the file does not say."""
    target = file.target
    return {
        "file": str(file.path),
        "participant": target.name,
        "services": [str(key) for key in target.keys],
        "roles": list(target.roles),
        "profile": file.profile,
        "majors": list(target.majors),
        "overview": None if target.overview is None else f"{len(target.overview)} rows",
        "dns": _dns(target),
        "base_urls": {str(key): root for key, root in target.roots.items()},
        "trust": {str(e): _certificates(pem) for e, pem in target.trust_anchors.items()},
        "tls": {
            "ca": "(those of this machine)"
            if target.tls_roots is None
            else _certificates(target.tls_roots),
            "certificate": _certificates(target.reach.client_certificate),
            "key_password": _secret(file, "tls.key_password"),
        },
        "proxy": {"url": target.reach.proxy, "credentials": _secret(file, "proxy.password")},
        "headers": {name: _secret(file, f"headers.{name}") for name, _ in target.reach.headers},
        "limits": {
            name: getattr(target.reach, name)
            for name in ("rate", "give_up_after", "dns_timeout", "connect_timeout", "total_timeout")
        },
        "questions": {
            f"{key.member_state}-{key.environment}": _asked(asked, _teachable(key, target))
            for key, asked in target.questions.items()
        },
    }


def hashes(file: TargetFile) -> dict[str, str]:
    """What is asked and of whom, as the record of a run tells it that selects nothing else."""
    everything = Selection((), (), (), (), (), profile=file.profile)
    rules = rules_hash(checks(), FIXTURES)
    return {
        "asked": asked_hash(asdict(everything), rules),
        "of_whom": whom_hash(target_facts(file.target)),
    }


def lines(facts: Mapping[str, object]) -> Iterator[str]:
    """The resolved form as lines of text: a dotted key and its value."""
    told = list(_flat(facts, ""))
    wide = min(max(len(name) for name, _ in told), _WIDEST)
    for name, value in told:
        yield f"{name:{wide}}  {value}"


def _dns(target: Target) -> dict[str, object]:
    zone = None if target.zone is None else hashlib.sha256(target.zone.encode()).hexdigest()
    return {
        "server": "(the zone file stands for it)"
        if target.nameserver is None
        else "{} port {}".format(*target.nameserver),
        "others": ["{} port {}".format(*each) for each in target.other_nameservers],
        "zone_file": target.zone_file and f"{target.zone_file}, SHA-256 {zone}",
        "template": target.template,
        "anchors": list(target.zone_anchors),
        "addresses": "system" if target.reach.addresses_by_system else "server",
    }


def _certificates(pem: bytes | None) -> list[str] | None:
    """Each certificate of a file: whose it is, until when, and its digest."""
    if pem is None:
        return None
    return [
        f"{name_of(each)}, until {each.not_valid_after_utc:%Y-%m-%d}, SHA-256 "
        f"{hashlib.sha256(each.public_bytes(Encoding.DER)).hexdigest()}"
        for each in certificates(pem)
    ]


def _secret(file: TargetFile, key: str) -> str | None:
    """Where a secret comes from."""
    name = file.secrets.get(key)
    return None if name is None else f"(secret, from ${name})"


def _teachable(key: ServiceKey, target: Target) -> bool:
    """Whether there is an evidence broker to learn from."""
    return replace(key, service=Service.EB) in target.keys and "directory" in target.roles


def _asked(asked: Questions, teachable: bool) -> dict[str, object]:  # noqa: FBT001 -- one caller
    """What is said to be asked, and what is left to be learned when a run begins."""
    names = [each.name for each in fields(asked) if each.name != "unlearned"]
    said: dict[str, object] = {name: getattr(asked, name) for name in names}
    said["concepts"] = dict(asked.concepts) or None
    left = [name for name, value in said.items() if value is None]
    return {**said, "to_be_learned": left if teachable else []}


def _flat(value: object, name: str) -> Iterator[tuple[str, str]]:
    """Each value with its dotted key; what is not set is left out."""
    match value:
        case dict():
            for part, held in value.items():
                yield from _flat(held, f"{name}.{part}" if name else str(part))
        case list() if name.startswith(("trust", "tls", "dns.anchors")):
            for held in value:
                yield name, str(held)
        case list():
            if value:
                yield name, ", ".join(map(str, value))
        case None:
            return
        case float():
            yield name, f"{value:g}"
        case _:
            yield name, str(value)
