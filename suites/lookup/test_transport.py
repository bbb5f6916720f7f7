"""What lies below the answer: the frame of the HTTP message, TLS, and the server's certificate."""

from __future__ import annotations

from harness.checks import check, require
from harness.errors import NotApplicable
from harness.framing import judge_frame, judge_head
from harness.lookup import KNOWN_RESULT, specimen_query
from harness.subjects.answer import Answer
from harness.subjects.directory import Directory
from harness.tls import OUTDATED, judge_key, judge_names, judge_usage, judge_validity


@check("LOOK-86", verifies=("lookup.head-is-plain",), finds=("field-folded", "field-repeated"))
def test_the_head_can_be_read_in_one_way_only(answer: Answer) -> None:
    """Each header field stands on one line, and fields with one value stand once."""
    octets = answer.response.octets
    if octets is None:
        raise NotApplicable("the octets of the answer were not kept")

    judge_head(octets)


@check(
    "LOOK-87",
    verifies=("lookup.frame",),
    finds=(
        "status-line-malformed",
        "field-malformed",
        "length-malformed",
        "length-ambiguous",
        "chunk-malformed",
        "body-cut-short",
        "body-too-long",
    ),
)
async def test_the_answer_is_a_sound_message_of_http(directory: Directory) -> None:
    """An answer is a message of HTTP/1.1 that ends where it says, to GET and to HEAD."""
    service = directory.key.service
    query = specimen_query(service, KNOWN_RESULT[service], directory.questions)
    for method in ("GET", "HEAD"):
        judge_frame(await directory.octets(query, method=method), method)


@check("LOOK-88", verifies=("lookup.tls-1-3",), finds=("tls-1.3-not-spoken",))
async def test_tls_1_3_is_spoken(directory: Directory) -> None:
    """The server speaks TLS 1.3."""
    seen = (await directory.shown()).version

    require(seen == "TLSv1.3", "tls-1.3-not-spoken", expected="TLSv1.3", seen=seen)


@check("LOOK-89", verifies=("lookup.no-outdated-tls",), finds=("outdated-tls-spoken",))
async def test_tls_1_1_is_declined(directory: Directory) -> None:
    """The server declines a client that speaks TLS 1.1 at most."""
    await directory.shown()
    seen = await directory.greet(outdated=True)
    expected = f"{OUTDATED} is declined"
    require(seen is None, "outdated-tls-spoken", expected=expected, seen="a ServerHello")


@check(
    "LOOK-90",
    verifies=("lookup.certificate-names-the-host",),
    finds=("tls-names-missing", "tls-host-not-named"),
)
async def test_the_certificate_names_the_host(directory: Directory) -> None:
    """The server's certificate has the host among its subjectAltNames."""
    judge_names(await directory.shown(), await directory.host())


@check(
    "LOOK-91",
    verifies=("lookup.certificate-usage",),
    finds=(
        "tls-digital-signature-missing",
        "tls-server-auth-missing",
        "tls-client-auth-allowed",
    ),
)
async def test_the_certificate_is_a_servers_and_no_clients(directory: Directory) -> None:
    """The server's certificate is for signatures and for servers, and not for clients."""
    judge_usage(await directory.shown())


@check(
    "LOOK-92",
    verifies=("lookup.certificate-validity",),
    finds=("tls-certificate-not-valid-now", "tls-certificate-long-lived"),
)
async def test_the_certificate_is_valid_and_not_for_long(directory: Directory) -> None:
    """The server's certificate is valid now, and for at most 398 days in all."""
    judge_validity(await directory.shown(), directory.now)


@check("LOOK-93", verifies=("lookup.certificate-key",), finds=("tls-key-weak",))
async def test_the_key_of_the_certificate_is_strong_enough(directory: Directory) -> None:
    """The server's certificate has a key of a curve, or of a size, that is not weak."""
    judge_key(await directory.shown())
