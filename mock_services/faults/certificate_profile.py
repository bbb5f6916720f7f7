"""Seeded faults of the seam: what the certificates are like. Each path is otherwise sound."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from mock_services.certificates import distinguished_name
from mock_services.faults import fault
from mock_services.faults.sealing import UNBOUND, with_issuer, with_leaf
from mock_services.landscape import member_state_codes
from mock_services.pki import Authority, Leaf
from mock_services.world import World

_WEAKLY = ("SIG-16", *UNBOUND)
_UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.999.130.1"), b"\x05\x00")
_NOWHERE = x509.DirectoryName(distinguished_name(country="XX", common_name="nobody"))


@fault(caught_by={"SIG-38": "certificate-weak-hash"}, blocks=_WEAKLY)
def certificate_over_sha_1(world: World) -> World:
    """The signer's certificate is signed over SHA-1."""
    return with_leaf(world, Leaf(hashed="sha1"))


@fault(caught_by={"SIG-38": "certificate-weak-hash"}, blocks=_WEAKLY)
def certificate_over_md5(world: World) -> World:
    """The signer's certificate is signed over MD5."""
    return with_leaf(world, Leaf(hashed="md5"))


@fault(caught_by={"SIG-39": "issuer-weak-key"}, blocks=UNBOUND)
def issuer_with_rsa_1024(world: World) -> World:
    """The issuer has an RSA key of 1,024 bits."""
    return with_issuer(world, Authority(partial(rsa.generate_private_key, 65537, 1024)))


@fault(caught_by={"SIG-39": "issuer-weak-key"}, blocks=UNBOUND)
def issuer_on_p_192(world: World) -> World:
    """The issuer's key is on P-192."""
    return with_issuer(world, Authority(partial(ec.generate_private_key, ec.SECP192R1())))


@fault(caught_by={"SIG-40": "issuer-not-an-authority"}, blocks=UNBOUND)
def issuer_is_no_authority(world: World) -> World:
    """The issuer's certificate says that it is no authority."""
    basic = x509.BasicConstraints(ca=False, path_length=None)
    return with_issuer(world, Authority(basic=basic))


@fault(caught_by={"SIG-40": "issuer-not-an-authority"}, blocks=UNBOUND)
def issuer_without_basic_constraints(world: World) -> World:
    """The issuer's certificate does not say that it is an authority."""
    return with_issuer(world, Authority(basic=None))


@fault(caught_by={"SIG-40": "issuer-may-not-certify"}, blocks=UNBOUND)
def issuer_may_not_certify(world: World) -> World:
    """The issuer's key is meant for signatures, and not for certificates."""
    return with_issuer(world, Authority(usages=("digital_signature",)))


@fault(caught_by={"SIG-41": "signer-is-an-authority"})
def signer_is_an_authority(world: World) -> World:
    """The signer's certificate is that of an authority."""
    basic = x509.BasicConstraints(ca=True, path_length=None)
    return with_leaf(world, Leaf(extensions=((basic, True),)))


@fault(caught_by={"SIG-42": "path-too-long"}, blocks=UNBOUND)
def authority_below_the_last(world: World) -> World:
    """An authority stands below one that may only certify signers."""
    return with_issuer(world, Authority(), below_sub=True)


@fault(caught_by={"SIG-43": "name-not-permitted"}, blocks=UNBOUND)
def signer_outside_the_permitted_names(world: World) -> World:
    """The issuer may only certify names that the signer's is not among."""
    limits = x509.NameConstraints([_NOWHERE], None)
    return with_issuer(world, Authority(extensions=((limits, True),)))


@fault(caught_by={"SIG-43": "name-not-permitted"}, blocks=UNBOUND)
def signer_among_the_excluded_names(world: World) -> World:
    """The issuer may not certify names in any country that has signers."""
    parts = (x509.NameAttribute(x509.NameOID.COUNTRY_NAME, c) for c in member_state_codes())
    excluded = [x509.DirectoryName(x509.Name([part])) for part in parts]
    limits = x509.NameConstraints(None, excluded)
    return with_issuer(world, Authority(extensions=((limits, True),)))


@fault(caught_by={"SIG-44": "critical-extension-unknown"}, blocks=UNBOUND)
def unknown_extension_of_the_signer(world: World) -> World:
    """The signer's certificate has a critical extension that nobody knows."""
    return with_leaf(world, Leaf(extensions=((_UNKNOWN, True),)))


@fault(caught_by={"SIG-44": "critical-extension-unknown"}, blocks=UNBOUND)
def unknown_extension_of_the_issuer(world: World) -> World:
    """The issuer's certificate has a critical extension that nobody knows."""
    return with_issuer(world, Authority(extensions=((_UNKNOWN, True),)))


@fault(caught_by={"SIG-45": "certificate-expires-soon"})
def certificate_expires_in_ten_days(world: World) -> World:
    """The signer's certificate expires in ten days."""
    return with_leaf(world, Leaf(not_after=timedelta(days=10)))


@fault(caught_by={"SIG-45": "certificate-expires-soon"})
def certificate_expires_in_a_month(world: World) -> World:
    """The signer's certificate expires an hour before thirty days have gone by."""
    return with_leaf(world, Leaf(not_after=timedelta(days=30, hours=-1)))


@fault(caught_by={"SIG-46": "revocation-not-named"})
def certificate_without_points(world: World) -> World:
    """The signer's certificate does not say where its revocation would be told."""
    return with_leaf(world, Leaf(points=False))


@fault(caught_by={"SIG-47": "certificate-for-another-purpose"})
def certificate_of_a_web_server(world: World) -> World:
    """Answers are signed with a certificate for TLS, from the right authority."""
    purposes = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    return with_leaf(world, Leaf(extensions=((x509.ExtendedKeyUsage(purposes), False),)))


@fault(caught_by={"SIG-48": "certificate-lives-too-long"})
def certificate_for_ten_years(world: World) -> World:
    """The signer's certificate is valid for ten years."""
    return with_leaf(world, Leaf(not_after=timedelta(days=3650)))


@fault(caught_by={"SIG-48": "certificate-lives-too-long"})
def certificate_for_three_years_and_a_day(world: World) -> World:
    """The signer's certificate is valid for a day more than three years."""
    return with_leaf(world, Leaf(not_after=timedelta(days=1097 - 30)))


@fault(caught_by={"SIG-34": "signed-too-long-ago"})
def signed_before_the_issuer_was(world: World) -> World:
    """Answers were signed before the issuer's own certificate became valid."""
    young = with_issuer(world, Authority(not_before=timedelta(days=-5)))
    return replace(young, signing=replace(young.signing, age=10 * 86400))
