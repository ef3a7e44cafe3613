"""Which bytes of a source are meant."""

from dataclasses import dataclass

from blake3 import blake3

_DIGITS = 32
_PIN_DIGITS = 16


@dataclass(frozen=True, slots=True)
class SourceVersion:
    """The bytes of a source, as the store tells them from others."""

    etag: str
    size: int

    @property
    def name(self) -> str:
        """Hexadecimal digits made of both."""
        told = f"{self.etag}\0{self.size}".encode(errors="surrogatepass")
        return blake3(told).hexdigest()[:_DIGITS]

    @property
    def pin(self) -> str:
        """What an address names the version by."""
        return self.name[:_PIN_DIGITS]
