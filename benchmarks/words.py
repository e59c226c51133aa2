"""Words the benchmarks' customers are made of: one in each list is as likely as another."""

from typing import Any

from crm.base.countries import country_code
from crm.base.folding import fold


def listed(words: str) -> list[str]:
    return words.split()


NAMES = listed(
    """
    María José Carmen Luis Ana Juan Gabriela Carlos Valentina Andrés Sofía Miguel Daniela Jesús
    Camila Pedro Isabella Rafael Mariana Diego Lucía Fernando Paula Ramón Adriana Sergio Natalia
    Ángel Beatriz Óscar Elena Raúl Iván Noelia Héctor Rocío Tomás Irene Víctor Alba Nicolás Inés
    Eduardo Marta Ricardo Laura Alejandro Patricia Manuel Rosa Анна Дмитрий Ольга Сергей
    """
)
SURNAMES = listed(
    """
    García Rodríguez González Fernández López Martínez Sánchez Pérez Gómez Martín Jiménez Ruiz
    Hernández Díaz Moreno Muñoz Álvarez Romero Alonso Gutiérrez Navarro Torres Domínguez Vázquez
    Ramos Gil Ramírez Serrano Blanco Molina Morales Suárez Ortega Delgado Castro Ortiz Rubio
    Marín Sanz Núñez Iglesias Medina Garrido Cortés Castillo Santos Lozano Guerrero Cano Prieto
    Méndez Cruz Calvo Gallego Vidal León Márquez Herrera Peña Flores Cabrera Campos Vega Fuentes
    Carrasco Diez Caballero Reyes Nieto Aguilar Pascual Santana Herrero Montero Lorenzo Hidalgo
    Giménez Ibáñez Ferrer Durán Santiago Benítez Vargas Mora Vicente Arias Carmona Crespo Román
    Pastor Soto Иванов Петрова Смирнов Кузнецова
    """
)
TRADES = ["Inversiones", "Distribuidora", "Panadería", "Taller", "Clínica", "Ferretería"]
HOSTS = ["correo.example", "mail.example", "empresa.example.com", "gmx.example"]
PLACES = [
    *[("Caracas", "Venezuela")] * 6,
    *[("Maracaibo", "Venezuela")] * 3,
    *[("San Cristóbal", "Venezuela"), ("Mérida", "Venezuela"), ("Valencia", "Venezuela")],
    *[("Bogotá", "Colombia"), ("Medellín", "Colombia"), ("Madrid", "España")],
    *[("Buenos Aires", "Argentina"), ("Lima", "Perú"), ("Москва", "Россия")],
]


def arrays() -> dict[str, list[str]]:
    """Return the parameters of customers.sql that are lists of words."""
    cities, countries = map(list, zip(*PLACES, strict=True))
    stored: dict[str, Any] = {
        "names": NAMES,
        "surnames": SURNAMES,
        "trades": TRADES,
        "cities": cities,
    }
    folded = {f"folded_{name}": [fold(word) for word in words] for name, words in stored.items()}
    latin = {
        f"latin_{name}": [fold(word) if fold(word).isascii() else "cliente" for word in words]
        for name, words in (("names", NAMES), ("surnames", SURNAMES))
    }
    codes = [country_code(country) or "" for country in countries]
    places = {"countries": countries, "country_codes": codes}
    return {**stored, **folded, **latin, **places, "hosts": HOSTS}
