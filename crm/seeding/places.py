"""Where customers live: a country, its cities, how its phones and tax numbers look."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

HOME = 30  # the least weight of the locale's own country
_CONTROL_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"  # of a Spanish DNI, by its number modulo 23


def _venezuelan(random: Random, company: bool) -> str:
    number = random.randrange(3_000_000, 32_000_000)
    return f"J-{number:08}-{random.randrange(10)}" if company else f"V-{number:08}"


def _spanish(random: Random, company: bool) -> str:
    number = random.randrange(10_000_000, 80_000_000)
    return f"B{number:08}" if company else f"{number:08}{_CONTROL_LETTERS[number % 23]}"


def _plain(random: Random, company: bool) -> str:
    return str(random.randrange(10**8, 10**9) * (10 if company else 1))


@dataclass(frozen=True)
class Market:
    """A country as its people write it, and how often customers come from it.

    A phone is one of ``prefixes`` and ``digits`` more.
    """

    code: str
    country: str
    weight: int
    cities: tuple[str, ...]
    postal_digits: int
    prefixes: tuple[str, ...]
    digits: int
    tax_id: Callable[[Random, bool], str] = _plain


MARKETS = (
    Market(
        code="VE",
        country="Venezuela",
        weight=58,
        # The larger a city, the more often it is named.
        cities=(
            *("Caracas", "Caracas", "Caracas", "Maracaibo", "Maracaibo", "Valencia", "Valencia"),
            *("Barquisimeto", "Barquisimeto", "Maracay", "Ciudad Guayana", "San Cristóbal"),
            *("Maturín", "Ciudad Bolívar", "Cumaná", "Mérida", "Barcelona", "Porlamar", "Coro"),
        ),
        postal_digits=4,
        prefixes=("+58412", "+58414", "+58416", "+58424", "+58426"),
        digits=7,
        tax_id=_venezuelan,
    ),
    Market(
        code="ES",
        country="España",
        weight=28,
        cities=(
            *("Madrid", "Madrid", "Madrid", "Barcelona", "Barcelona", "Valencia", "Sevilla"),
            *("Zaragoza", "Málaga", "Murcia", "Palma", "Bilbao", "Alicante", "Santa Cruz"),
        ),
        postal_digits=5,
        prefixes=("+346",),
        digits=8,
        tax_id=_spanish,
    ),
    Market(
        code="CO",
        country="Colombia",
        weight=5,
        cities=("Bogotá", "Medellín", "Cali", "Barranquilla", "Cúcuta"),
        postal_digits=6,
        prefixes=("+573",),
        digits=9,
    ),
    Market(
        code="MX",
        country="México",
        weight=3,
        cities=("Ciudad de México", "Guadalajara", "Monterrey", "Puebla"),
        postal_digits=5,
        prefixes=("+5255",),
        digits=8,
    ),
    Market(
        code="US",
        country="United States",
        weight=3,
        cities=("Miami", "Orlando", "New York", "Houston", "Los Angeles"),
        postal_digits=5,
        prefixes=("+1305", "+1786", "+1407", "+1212", "+1832"),
        digits=7,
    ),
    Market(
        code="RU",
        country="Россия",
        weight=2,
        cities=("Москва", "Санкт-Петербург", "Казань", "Екатеринбург"),
        postal_digits=6,
        prefixes=("+79",),
        digits=9,
    ),
)


class Places:
    """Draws a customer's market; the locale's own country is home to many of them."""

    def __init__(self, random: Random, locale: str) -> None:
        self._random = random
        home = locale.rpartition("_")[2]
        self._weights = [
            max(market.weight, HOME) if market.code == home else market.weight for market in MARKETS
        ]

    def market(self) -> Market:
        return self._random.choices(MARKETS, self._weights)[0]

    def postal_code(self, market: Market) -> str:
        digits = market.postal_digits
        return str(self._random.randrange(10 ** (digits - 1), 10**digits))
