"""Make an authority and certificates of its own, as keys and X.509 documents.

An authority may vouch for named servers only (a name constraint), so its key would be
of no use against any other.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_LIFETIME = timedelta(days=3650)
SERVER_LIFETIME = timedelta(days=397)
_CLOCK_SKEW = timedelta(minutes=5)
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*")


@dataclass(frozen=True)
class Authority:
    """Who signs, and the key it signs with."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def new_authority(title: str, names: Sequence[str]) -> Authority:
    """Make an authority that may vouch for these names and addresses, and no others."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _common_name(title)
    builder = (
        _builder(name, name, key.public_key(), AUTHORITY_LIFETIME)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(
            x509.NameConstraints([_permitted(name) for name in names], None),
            critical=True,
        )
    )
    return Authority(builder.sign(key, hashes.SHA256()), key)


def server_certificate(
    authority: Authority, names: Sequence[str]
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """Make the certificate of a server that is reached by these names and addresses."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        _builder(
            _common_name(names[0]),
            authority.certificate.subject,
            key.public_key(),
            SERVER_LIFETIME,
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
        )
        .add_extension(
            x509.SubjectAlternativeName([_alternative(name) for name in names]),
            critical=False,
        )
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(
                authority.key.public_key()
            ),
            critical=False,
        )
    )
    return builder.sign(authority.key, hashes.SHA256()), key


def private_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return a key in PEM form, unencrypted."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def public_bytes(certificate: x509.Certificate) -> bytes:
    """Return a certificate in PEM form."""
    return certificate.public_bytes(serialization.Encoding.PEM)


def read_private_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """Read a key in PEM form.

    Raises
    ------
    OSError, ValueError
        If it is not there, or no key on an elliptic curve.
    """
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{path} holds no key on an elliptic curve")
    return key


def has_issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    """Tell whether an authority has signed a certificate."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, TypeError, ValueError):
        return False
    return True


def permitted_names(authority: x509.Certificate) -> set[str]:
    """Return the names and addresses that an authority may vouch for."""
    found = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    return {_plain(name) for name in found.permitted_subtrees or ()}


def subject_names(certificate: x509.Certificate) -> set[str]:
    """Return the names and addresses that a server's certificate is for."""
    extensions = certificate.extensions
    found = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {_plain(name) for name in found}


def is_valid_name(name: str) -> bool:
    """Tell whether a certificate can be for this: a host's name or an address."""
    return bool(_address(name) or _HOST_NAME.fullmatch(name))


def _plain(name: x509.GeneralName) -> str:
    value = name.value
    if isinstance(value, IPv4Network | IPv6Network):
        value = value.network_address
    return str(value)


def _address(name: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(name)
    except ValueError:
        return None


def _alternative(name: str) -> x509.GeneralName:
    address = _address(name)
    return x509.IPAddress(address) if address else x509.DNSName(name)


def _permitted(name: str) -> x509.GeneralName:
    address = _address(name)
    return x509.IPAddress(ip_network(address)) if address else x509.DNSName(name)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    lifetime: timedelta,
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_SKEW)
        .not_valid_after(now + lifetime)
        .add_extension(
            x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False
        )
    )


def _common_name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
