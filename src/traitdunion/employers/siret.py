"""Check the number of an establishment (SIRET).

The check is python-stdnum's (`stdnum.fr.siret` 2.2), and refuses what it lets pass: a number of
zeros alone, digits that are not ASCII.
"""

LENGTH = 14
LA_POSTE = "356000000"
LA_POSTE_SEAT = "35600000000048"


def is_siret(text: str) -> bool:
    """Return whether fourteen digits have the key of a SIRET, and their first nine of a SIREN."""
    if len(text) != LENGTH or not text.isascii() or not text.isdigit() or not text.strip("0"):
        return False
    if text.startswith(LA_POSTE) and text != LA_POSTE_SEAT:
        return sum(map(int, text)) % 5 == 0
    return _luhn(text) and _luhn(text[:9])


def _luhn(digits: str) -> bool:
    doubled = [sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2]]
    return (sum(doubled) + sum(map(int, digits[-1::-2]))) % 10 == 0
