"""A certificate authority of the tests' own, which nobody trusts until they are told to."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Authority:
    """Signs certificates for servers; `file` holds its own, for whoever is to trust it."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def made(cls, folder: Path) -> Authority:
        """Make an authority whose files lie in `folder`."""
        key, name = ec.generate_private_key(ec.SECP256R1()), _named("An authority for tests")
        basic = x509.BasicConstraints(ca=True, path_length=0)
        own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        signing = _usage(signs=True)
        made = _certificate(name, name, key.public_key(), DAY).add_extension(basic, critical=True)
        made = made.add_extension(own, critical=False).add_extension(signing, critical=True)
        authority = cls(folder, key, made.sign(key, hashes.SHA256()))
        authority.file.write_bytes(authority.certificate.public_bytes(serialization.Encoding.PEM))
        return authority

    @property
    def file(self) -> Path:
        """The file that names it."""
        return self.folder / "authority.pem"

    def server(self, name: str, lasts: timedelta = DAY) -> ssl.SSLContext:
        """Return what a server speaks TLS by, with a certificate for `name`; one that `lasts` less than nothing is
        over.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.DNSName(name)])
        own = x509.SubjectKeyIdentifier.from_public_key(self.key.public_key())
        above = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own)
        made = _certificate(_named(name), self.certificate.subject, key.public_key(), lasts)
        made = made.add_extension(names, critical=False).add_extension(above, critical=False)
        signed = made.add_extension(_usage(signs=False), critical=True).sign(self.key, hashes.SHA256())
        file = self.folder / f"{name}.pem"
        plain = serialization.NoEncryption()
        private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        file.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, lasts: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    made = made.serial_number(x509.random_serial_number())
    return made.not_valid_before(now - 3 * DAY).not_valid_after(now + lasts)


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )
