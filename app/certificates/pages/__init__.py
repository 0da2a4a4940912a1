"""Pages of certificates: at the desk, and what strangers fetch to check one."""

from app.certificates.pages import desk, published
from app.certificates.pages.door import area

__all__ = ["area", "desk", "published"]
