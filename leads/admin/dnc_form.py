"""The forms of DNC lists: a file or pasted numbers, of which day, until when; and comments."""

from __future__ import annotations

import io
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from leads.admin.upload import DropInput
from leads.intake.dnc import receive_edition
from leads.intake.errors import IntakeError
from leads.intake.upload import Stream
from leads.models import DncEdition, DncList, DncOrigin
from leads.words import translated

PASTED = "pasted numbers.txt"


def day_input() -> Any:
    """A day as browsers let one choose it."""
    return UnfoldAdminTextInputWidget(attrs={"type": "date"})


class EditionForm(forms.Form):
    """A file of numbers for a list that is there. Makes the edition when it is clean."""

    user: Any = None
    dnc_list: DncList | None = None
    edition: DncEdition | None = None

    upload = forms.FileField(
        label=_("File"),
        required=False,
        widget=DropInput,
        help_text=_(
            "One number a row, or area code and number as the federal registry gives them: text,"
            " CSV or a spreadsheet, with or without a header."
        ),
    )
    pasted = forms.CharField(
        label=_("or pasted numbers"),
        required=False,
        strip=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text=_("One number a line."),
    )
    as_of = forms.DateField(
        label=_("Date"),
        initial=timezone.localdate,
        widget=day_input(),
        help_text=_("The day on which the list was current."),
    )
    expires_on = forms.DateField(
        label=_("Expires"),
        required=False,
        widget=day_input(),
        help_text=_(
            "The last day on which it counts, for example 31 days after its date; empty: never."
        ),
    )
    country = forms.CharField(
        label=_("Country"),
        initial="US",
        max_length=2,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Two letters, of numbers without a country code."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        given = self._given(data)
        if given and not self.errors:
            try:
                with transaction.atomic():
                    self.edition = self.receive(*given, data)
            except IntakeError as error:
                self.add_error("pasted" if given[1] == PASTED else "upload", translated(error))
        return data

    def target(self, data: dict[str, Any]) -> DncList:
        """The list that the edition is of."""
        if self.dnc_list is None:
            raise TypeError("The form needs the list that the edition is of.")
        return self.dnc_list

    def receive(self, stream: Stream, name: str, data: dict[str, Any]) -> DncEdition:
        return receive_edition(
            stream,
            name,
            self.target(data),
            as_of=data["as_of"],
            expires_on=data["expires_on"],
            country=data["country"],
            by=self.user,
        )

    def _given(self, data: dict[str, Any]) -> tuple[Stream, str] | None:
        """The file or the pasted numbers, and a name for them."""
        file, pasted = data.get("upload"), data.get("pasted") or ""
        if isinstance(file, UploadedFile):
            if pasted.strip():
                self.add_error("pasted", _("Give a file or pasted numbers, not both."))
            return file, file.name or "upload"
        if pasted.strip():
            return io.BytesIO(pasted.encode("utf-8", "replace")), PASTED
        if "upload" not in self.errors:
            self.add_error("upload", _("Choose a file, or paste numbers below."))
        return None


class NewListForm(EditionForm, forms.ModelForm):  # type: ignore[type-arg]
    """A new list with its first edition: neither is kept without the other."""

    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("As a refusal names it, for example Federal."),
    )
    origin = forms.ChoiceField(
        label=_("From"),
        choices=[choice for choice in DncOrigin.choices if choice[0] != DncOrigin.INTERNAL],
        widget=UnfoldAdminSelectWidget,
    )

    class Meta:
        model = DncList
        fields = ["name", "origin", "upload", "pasted", "as_of", "expires_on", "country"]

    def target(self, data: dict[str, Any]) -> DncList:
        return DncList.objects.create(name=data["name"], origin=data["origin"])

    def _post_clean(self) -> None:
        """The rows are made and checked by `receive` already."""
        if self.edition is not None:
            self.instance = self.edition.dnc_list

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if DncList.objects.filter(name=name).exists():
            raise forms.ValidationError(
                _("There is a DNC list of that name: open it and press New edition.")
            )
        return name

    def save(self, commit: bool = True) -> DncList:
        made: DncList = self.instance
        return made

    def save_m2m(self) -> None:
        """There is nothing beside the rows."""


class ListSettingsForm(forms.Form):
    """What can be changed of a list without a new file."""

    name = forms.CharField(label=_("Name"), max_length=60, widget=UnfoldAdminTextInputWidget)
    expires_on = forms.DateField(
        label=_("Expires"),
        required=False,
        widget=day_input(),
        help_text=_("The last day on which its present edition counts; empty: never."),
    )

    def __init__(self, dnc_list: DncList, data: Any = None) -> None:
        self.dnc_list = dnc_list
        current = dnc_list.current
        initial = {"name": dnc_list.name, "expires_on": current and current.expires_on}
        super().__init__(data, initial=initial)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if DncList.objects.filter(name=name).exclude(pk=self.dnc_list.pk).exists():
            raise forms.ValidationError(_("There is a DNC list of that name."))
        return name

    def clean_expires_on(self) -> Any:
        day, current = self.cleaned_data["expires_on"], self.dnc_list.current
        if day and current and day < current.as_of:
            raise forms.ValidationError(_("That is before the date of the list."))
        return day


class WhyForm(forms.Form):
    """A comment that must be given: somebody will ask."""

    comment = forms.CharField(
        label=_("Comment"), widget=UnfoldAdminTextareaWidget(attrs={"rows": 3})
    )
