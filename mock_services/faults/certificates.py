"""Seeded faults of the seam: the certificates that come with the signature."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache

from harness.model import Service
from mock_services.faults import fault
from mock_services.faults.sealing import (
    UNCOUNTABLE,
    UNREADABLE,
    UNTRUSTED,
    with_credential,
    with_leaf,
    with_members,
)
from mock_services.pki import Authority, Credential, Leaf, Pki, Trust
from mock_services.world import Instance, World


@fault(caught_by={"SIG-14": "x5c-missing"}, blocks=UNREADABLE)
def certificates_left_out(world: World) -> World:
    """The header carries no certificates."""
    return with_members(world, x5c=None)


@fault(caught_by={"SIG-14": "x5c-malformed"}, blocks=UNREADABLE)
def certificates_empty(world: World) -> World:
    """The list of certificates is empty."""
    return with_members(world, x5c=[])


@fault(caught_by={"SIG-14": "certificate-unreadable"}, blocks=UNREADABLE)
def certificate_cut_off(world: World) -> World:
    """The signer's certificate is cut off."""
    return with_members(world, x5c=["MIIE9DCCAtygAwIBAgIDA+P+MA0GCSqGSIb3DQEBCwUA"])


@fault(caught_by={"SIG-15": "key-does-not-fit"}, blocks=UNCOUNTABLE)
def algorithm_of_another_key(world: World) -> World:
    """The header says EdDSA beside a key on P-256."""
    return with_members(world, alg="EdDSA")


@fault(caught_by={"SIG-16": "chain-out-of-order"})
def certificates_out_of_order(world: World) -> World:
    """The root comes before the sub-CA."""

    def choose(pki: Pki, at: Instance) -> Credential:
        sound = pki.credential(at.owner, at.environment)
        leaf, sub, root = sound.certificates
        return replace(sound, certificates=(leaf, root, sub))

    return with_credential(world, choose)


@fault(caught_by={"SIG-17": "chain-not-trusted"}, blocks=UNTRUSTED)
def intermediate_left_out(world: World) -> World:
    """Only the signer's own certificate is sent."""
    return replace(world, signing=replace(world.signing, chain=1))


@fault(caught_by={"SIG-17": "chain-not-trusted"}, blocks=UNTRUSTED)
def signer_vouches_for_itself(world: World) -> World:
    """The signer's certificate is self-signed."""
    return with_leaf(world, Leaf(self_signed=True))


@fault(caught_by={"SIG-17": "chain-not-trusted"}, blocks=UNTRUSTED)
def impostor_with_the_same_names(world: World) -> World:
    """An authority with the names of the real one, but other keys, has issued the certificate."""

    def choose(pki: Pki, at: Instance) -> Credential:
        return _impostor(pki).credential(at.owner, at.environment)

    return with_credential(world, choose)


@cache
def _impostor(pki: Pki) -> Pki:
    return Pki(pki.made, authority_bits=2048)


@fault(
    caught_by={"SIG-17": "chain-not-trusted", "SIG-25": "trusted-in-another-environment"},
    blocks=UNTRUSTED,
)
def signer_of_another_environment(world: World) -> World:
    """Production signs with a certificate for tests, and the rest with one for production."""

    def choose(pki: Pki, at: Instance) -> Credential:
        above = pki.authority(_other(at))
        name = pki.credential(at.owner, at.environment).certificates[0].subject
        return pki.issue(name, Leaf(), above)

    return with_credential(world, choose)


@fault(caught_by={"SIG-25": "trusted-in-another-environment"})
def roots_certify_each_other(world: World) -> World:
    """The root of the other side of production has certified the root that signers stand under."""

    def choose(pki: Pki, at: Instance) -> Credential:
        name = pki.credential(at.owner, at.environment).certificates[0].subject
        return pki.issue(name, Leaf(), pki.crossed(Trust.of(at.environment), _other(at)))

    return with_credential(world, choose)


def _other(at: Instance) -> Trust:
    return Trust.TEST if Trust.of(at.environment) is Trust.PROD else Trust.PROD


@fault(caught_by={"SIG-18": "certificate-expired"})
def certificate_expired(world: World) -> World:
    """The signer's certificate expired yesterday."""
    return with_leaf(world, Leaf(not_after=timedelta(days=-1)))


@fault(caught_by={"SIG-18": "certificate-not-yet-valid"})
def certificate_not_yet_valid(world: World) -> World:
    """The signer's certificate becomes valid in a week."""
    return with_leaf(world, Leaf(not_before=timedelta(days=7)))


@fault(caught_by={"SIG-19": "key-usage-missing"})
def key_without_usage(world: World) -> World:
    """The signer's certificate has no key usage."""
    return with_leaf(world, Leaf(usages=None))


@fault(caught_by={"SIG-19": "key-usage-not-signature"})
def key_for_encryption(world: World) -> World:
    """The signer's certificate is meant for agreeing on keys."""
    return with_leaf(world, Leaf(usages=("key_agreement",)))


@fault(caught_by={"SIG-16": "chain-out-of-order"})
def certificate_of_a_stranger_at_the_end(world: World) -> World:
    """After the root comes a certificate that has nothing to do with the others."""

    def choose(pki: Pki, at: Instance) -> Credential:
        sound = pki.credential(at.owner, at.environment)
        stranger = pki.root(_other(at)).certificates
        return replace(sound, certificates=sound.certificates + stranger)

    return _with_four(with_credential(world, choose))


@fault(caught_by={"SIG-37": "certificate-repeated"})
def root_sent_twice(world: World) -> World:
    """The root is sent twice."""

    def choose(pki: Pki, at: Instance) -> Credential:
        sound = pki.credential(at.owner, at.environment)
        return replace(sound, certificates=(*sound.certificates, sound.certificates[-1]))

    return _with_four(with_credential(world, choose))


def _with_four(world: World) -> World:
    return replace(world, signing=replace(world.signing, chain=4))


@fault(caught_by={"SIG-52": "services-under-different-roots"})
def data_services_under_a_second_root(world: World) -> World:
    """The environment trusts two roots, and each service has a signer under another."""
    pki = world.pki.with_second_root()

    def choose(_: Pki, at: Instance) -> Credential:
        sound = pki.credential(at.owner, at.environment)
        if at.service is Service.EB:
            return sound
        above = pki.subordinate(pki.second[Trust.of(at.environment)], Authority())
        return pki.issue(sound.certificates[0].subject, Leaf(), above)

    return replace(with_credential(world, choose), pki=pki)
