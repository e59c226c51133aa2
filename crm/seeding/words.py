"""Names, companies and addresses, as Faker has them for a locale."""

from collections.abc import Callable
from random import Random

from faker import Faker

from crm.base.folding import fold

# As many different ones are invented; the rest draws from them, which is many times faster.
MOST = 10_000
_LATIN = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziyklmnoprstufye", strict=True))
    | {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya"}
    | {"ь": "", "ъ": ""}
)


class Words:
    """Draws what ``faker``, which is of ``locale``, has to say to ``count`` customers."""

    def __init__(self, faker: Faker, locale: str, count: int) -> None:
        self._random: Random = faker.random
        # Spaniards and Latin Americans have their father's and their mother's surname.
        self._surnames_each = 2 if locale.startswith("es") else 1

        def invent(make: Callable[[], str]) -> list[str]:
            return [make() for _ in range(min(count, MOST))]

        self._names = {
            "female": invent(faker.first_name_female),
            "male": invent(faker.first_name_male),
        }
        self._surnames = {
            "female": invent(faker.last_name_female),
            "male": invent(faker.last_name_male),
        }
        self._companies = invent(faker.company)
        self._addresses = [text.replace("\n", ", ") for text in invent(faker.street_address)]

    def name(self, gender: str) -> str:
        return self._random.choice(self._names[gender])

    def surname(self, gender: str) -> str:
        return " ".join(self._random.choices(self._surnames[gender], k=self._surnames_each))

    def company(self) -> str:
        return self._random.choice(self._companies)

    def address(self) -> str:
        return self._random.choice(self._addresses)


def handle(name: str, surname: str) -> str:
    """Return ``name.surname`` as it may stand in an email address: a-z and dots only."""
    latin = fold(f"{name} {surname.partition(' ')[0]}").translate(_LATIN)
    plain = "".join(letter for letter in latin if letter.isascii())
    return ".".join(plain.split()) or "customer"
