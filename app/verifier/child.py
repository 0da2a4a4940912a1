"""The child that opens a PDF, started by its path: the roots, a NUL and the file come in, one line of JSON goes out."""

import sys
from pathlib import Path


def main() -> None:
    """One file in, one line out; nothing at all when it cannot be opened."""
    sys.addaudithook(refuse_the_outside)
    pem, _nul, pdf = sys.stdin.buffer.read().partition(b"\0")
    print(open_pdf(pdf, x509.load_pem_x509_certificates(pem)).model_dump_json())


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from cryptography import x509

    from app.kernel.looking import refuse_the_outside, shut_in
    from app.verifier.opening import open_pdf
    from app.verifier.shut_in import LONGEST_ANSWER

    shut_in(LONGEST_ANSWER)
    main()
