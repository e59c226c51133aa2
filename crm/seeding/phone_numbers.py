"""Phone numbers, of which no two are the same."""

from random import Random

from crm.seeding.places import MARKETS, Market


class PhoneNumbers:
    """Gives number n of a market the n-th phone of a shuffled phone book.

    The shuffle is n -> (n * step + start) modulo the size of the book, one to one because the
    size has no prime factors but 2 and 5 and the step has neither. So nothing given needs to be
    remembered, not even among millions.
    """

    def __init__(self, random: Random) -> None:
        self._shuffles = {
            market.code: (random.randrange(10**6, 10**7) * 10 + 7, random.randrange(10**8))
            for market in MARKETS
        }

    def phone(self, market: Market, number: int) -> str:
        """Return an E.164 phone; another one for each ``number`` below ``10**7``."""
        step, start = self._shuffles[market.code]
        each = 10**market.digits
        place = (number * step + start) % (each * len(market.prefixes))
        return f"{market.prefixes[place // each]}{place % each:0{market.digits}}"
