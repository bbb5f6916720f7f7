"""What a record says of its origin: versions, hashes, and what they do not depend on."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from harness.checks import Check
from harness.model import (
    Service,
    Specimen,
)
from harness.provenance import header_facts, rules_hash, run_id, target_facts
from harness.record_lines import canonical_hash
from suites.selftest.test_record import NOW, TARGET, header, texts


@given(st.dictionaries(texts, texts | st.integers() | st.lists(texts)))
def test_the_order_of_keys_does_not_change_a_hash(value: dict[str, Any]) -> None:
    turned = dict(reversed(value.items()))

    assert canonical_hash(turned) == canonical_hash(value)


def test_a_run_is_named_by_its_start_and_the_given_letters() -> None:
    assert run_id(NOW, "3f9a") == "20260901T083000Z-3f9a"


def test_ports_and_keys_that_are_fresh_in_each_run_do_not_make_another_target() -> None:
    moved = replace(TARGET, nameserver=("127.0.0.1", 1), tls_roots=b"other", trust_anchors={})
    other = replace(TARGET, template="{country}.test")

    hashes = [
        header_facts("r", NOW, target=target_facts(t), selection={}, checks=(), fault=None)
        for t in (TARGET, moved, other)
    ]

    assert hashes[0]["of_whom"] == hashes[1]["of_whom"] != hashes[2]["of_whom"]


def test_another_selection_or_rule_is_another_question(tmp_path: Path) -> None:
    (tmp_path / "requirements").mkdir()
    one = Check("DISC-01", ("a.b",), ("tag",), (Service.EB,), (Specimen.EMPTY,), lambda zone: zone)
    before = rules_hash((one,), tmp_path)
    (tmp_path / "requirements" / "discovery.toml").write_text("[[requirement]]")

    after = rules_hash((one,), tmp_path)

    assert len({before, after, rules_hash((replace(one, finds=("other",)),), tmp_path)}) == 3


def test_the_header_holds_no_key_material() -> None:
    told = json.dumps(header())

    assert "BEGIN CERTIFICATE" not in told
