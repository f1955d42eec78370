"""Machine-readable zones and questions for the tests.

The zones of UTO are the specimens of ICAO 9303 parts 4, 5 and 6.
"""

from __future__ import annotations

from handlers.documents.mrz import check_digit

TD1 = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
TD2 = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6"
TD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"


def passport(number="C01234567", *, birth="900101", expiry="300101", issuer="AZE", optional=""):
    """A sound TD3 zone."""
    optional = optional.ljust(14, "<")
    head = f"{number:<<9}{check_digit(f'{number:<<9}')}"
    birth += check_digit(birth)
    rest = f"{expiry}{check_digit(expiry)}{optional}{check_digit(optional)}"
    composite = check_digit(head + birth + rest)
    return f"P<{issuer:<<3}SOYAD<<AD".ljust(44, "<") + f"\n{head}{issuer:<<3}{birth}F{rest}{composite}"
