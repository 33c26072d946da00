"""The names and helps of models and fields, to be translated.

`phone_number` is "phone number" on a page. Such a name is made by Django, is no text in the code
that the catalogue could find, and writing it down beside each field would say everything twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Model
from django.utils.text import camel_case_to_spaces
from django.utils.translation import gettext_lazy


def made_names(models: Iterable[type[Model]]) -> Iterator[tuple[Any, str, str]]:
    """Yield (the field or the model's options, the attribute, the English text) of each name that
    nobody has written."""
    for model in models:
        options: Any = model._meta
        name = camel_case_to_spaces(model.__name__)
        if "verbose_name" not in options.original_attrs:
            yield options, "verbose_name", name
        if not {"verbose_name", "verbose_name_plural"} & set(options.original_attrs):
            yield options, "verbose_name_plural", f"{name}s"
        for field in options.local_fields:
            # As Field.deconstruct does it: None where the name is made.
            if field._verbose_name is None and field.name:
                yield field, "verbose_name", field.name.replace("_", " ")


def helps(models: Iterable[type[Model]]) -> Iterator[tuple[Any, Any]]:
    """Yield (the field, its help_text) of each field that has one."""
    fields = (field for model in models for field in model._meta.local_fields)
    return ((field, field.help_text) for field in fields if field.help_text)


def translate_names(models: Iterable[type[Model]]) -> None:
    """Have those texts looked up in the catalogue; migrations do not see that."""
    models = list(models)
    for owner, attribute, name in made_names(models):
        setattr(owner, attribute, gettext_lazy(name))
    for field, text in helps(models):
        if isinstance(text, str):
            field.help_text = gettext_lazy(text)
