"""The child that opens a PDF, started by its path: the roots of seals and those of time stamps, a NUL after each, and the file come in, one line of JSON goes out."""

import sys
from pathlib import Path


def main() -> None:
    """One file in, one line out; nothing at all when it cannot be opened."""
    sys.addaudithook(refuse_the_outside)
    seals, stamps, pdf = sys.stdin.buffer.read().split(b"\0", 2)
    roots, stamp_roots = (x509.load_pem_x509_certificates(pem) if pem else [] for pem in (seals, stamps))
    print(open_pdf(pdf, roots, stamp_roots).model_dump_json())


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from cryptography import x509

    from app.kernel.looking import refuse_the_outside, shut_in
    from app.verifier.opening import open_pdf
    from app.verifier.shut_in import LONGEST_ANSWER

    shut_in(LONGEST_ANSWER)
    main()
