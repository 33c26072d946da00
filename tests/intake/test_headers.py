"""Header names of five languages are understood; what is not understood is told."""

from __future__ import annotations

import pytest

from leads.intake.errors import IntakeError
from leads.intake.headers import map_headers
from leads.vicidial.fields import FIELDS


@pytest.mark.parametrize("field", sorted(FIELDS))
def test_vicidials_own_names_are_understood(field: str) -> None:
    header = [field] if field == "phone_number" else [field, "phone_number"]
    assert map_headers(header).columns[0] == field


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        (
            ["First Name", "LAST-NAME", "Phone #", "Zip Code", "D.O.B.", "E-Mail"],
            ["first_name", "last_name", "phone_number", "postal_code", "date_of_birth", "email"],
        ),
        (
            ["Teléfono", "Nombre", "Apellidos", "Código Postal", "Correo electrónico"],
            ["phone_number", "first_name", "last_name", "postal_code", "email"],
        ),
        (
            ["Telefone", "Nome", "Sobrenome", "Endereço", "Data de nascimento"],
            ["phone_number", "first_name", "last_name", "address1", "date_of_birth"],
        ),
        (
            ["Téléphone", "Prénom", "Nom", "Ville", "Sexe"],
            ["phone_number", "first_name", "last_name", "city", "gender"],
        ),
        (
            ["Telefonnummer", "Vorname", "Nachname", "Straße", "PLZ", "Ort"],
            ["phone_number", "first_name", "last_name", "address1", "postal_code", "city"],
        ),
    ],
)
def test_five_languages_are_understood(header: list[str], columns: list[str]) -> None:
    assert list(map_headers(header).columns) == columns


def test_unknown_columns_are_told_and_not_guessed() -> None:
    mapping = map_headers(["phone", "favourite colour", ""])
    assert mapping.columns == ("phone_number", None, None)
    assert mapping.unknown == ("favourite colour",)
    assert "first_name" in mapping.missing


def test_the_plainest_phone_column_is_the_number_and_the_next_the_alternative() -> None:
    mapping = map_headers(["Work Phone", "Phone", "Fax number of", "Mobile"])
    assert mapping.columns == (None, "phone_number", None, "alt_phone")
    assert any("Work Phone" in words for words in mapping.told)


def test_a_second_phone_column_never_displaces_a_real_alt_phone() -> None:
    mapping = map_headers(["phone", "mobile", "alt_phone"])
    assert mapping.columns == ("phone_number", None, "alt_phone")


def test_of_two_columns_for_one_field_the_first_counts_and_the_other_is_told() -> None:
    mapping = map_headers(["phone", "city", "City"])
    assert mapping.columns == ("phone_number", "city", None)
    assert mapping.unknown == ("City",)
    assert len(mapping.told) == 1


def test_a_column_of_full_names_is_left_whole() -> None:
    assert map_headers(["phone", "Name"]).columns == ("phone_number", "first_name")


def test_name_beside_a_first_name_is_the_last_name() -> None:
    assert map_headers(["phone", "Name", "Vorname"]).columns[1:] == ("last_name", "first_name")


def test_a_file_without_a_phone_column_is_refused_with_what_it_has() -> None:
    with pytest.raises(IntakeError, match='"name", "colour"') as refused:
        map_headers(["name", "colour"])
    assert "phone_number" in str(refused.value)
