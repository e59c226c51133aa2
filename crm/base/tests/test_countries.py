import pytest
from babel import Locale
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.base.countries import COMMON_NAMES, LANGUAGES, NO_COUNTRIES, country_code
from crm.base.folding import fold


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("ES", "ES"),
        ("esp", "ES"),
        ("España", "ES"),
        ("ESPANA", "ES"),
        ("  Spain. ", "ES"),
        ("Испания", "ES"),
        ("USA", "US"),
        ("U.S.A.", "US"),
        ("EEUU", "US"),
        ("EE. UU.", "US"),
        ("EE.UU", "US"),
        ("Estados Unidos", "US"),
        ("США", "US"),
        ("Соединённые Штаты Америки", "US"),
        ("UK", "GB"),
        ("U.K.", "GB"),
        ("Reino Unido", "GB"),
        ("Россия", "RU"),
        ("РОССИЙСКАЯ ФЕДЕРАЦИЯ", "RU"),
        ("República Bolivariana de Venezuela", "VE"),
        ("Côte d'Ivoire", "CI"),
        ("Brasil", "BR"),
        ("Turkey", "TR"),
        ("Türkiye", "TR"),
        ("Mejico", "MX"),
        ("no", "NO"),
    ],
)
def test_it_knows_how_people_write_a_country(name: str, code: str) -> None:
    assert country_code(name) == code


@pytest.mark.parametrize("name", ["", " ", "Atlantis", "Madrid", "EU", "ZZ", "XX", "840", "CT"])
def test_it_does_not_guess(name: str) -> None:
    assert country_code(name) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_knows_every_country_in_three_languages(language: str) -> None:
    territories = {str(code): name for code, name in Locale(language).territories.items()}
    countries = {code for code in territories if len(code) == 2} - NO_COUNTRIES
    assert len(countries) == 250  # those of ISO 3166, and Kosovo
    assert {code: country_code(territories[code]) for code in countries} == {
        code: code for code in countries
    }


def test_no_name_stands_for_two_countries() -> None:
    names = [fold(name) for names in COMMON_NAMES.values() for name in names]
    assert len(names) == len(set(names))


def test_common_names_add_to_what_is_known_and_contradict_nothing() -> None:
    known = {
        fold(name): str(code)
        for language in LANGUAGES
        for code, name in Locale(language).territories.items()
    }
    assert not [name for names in COMMON_NAMES.values() for name in names if fold(name) in known]


@settings(deadline=None)  # the first call reads the library's data
@given(st.text(st.characters()))
def test_any_text_gets_a_code_of_two_letters_or_none(name: str) -> None:
    code = country_code(name)
    assert code is None or (len(code) == 2 and code.isupper())
