"""RRN's licence to a certification body, its UKAS accreditation, and the interlock between them."""
