"""The upload form: a file, who supplied it, and where it is meant to go."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from leads.intake.errors import IntakeError
from leads.intake.upload import receive
from leads.models import Import, Source


class ImportForm(forms.ModelForm):  # type: ignore[type-arg]
    """Makes the Import when it is clean: what is wrong with the file is an error of the field."""

    user: Any = None

    lead_source = forms.ModelChoiceField(
        Source.objects.all(),
        label=_("Source"),
        widget=UnfoldAdminSelectWidget,
        help_text=_("Who supplied the file. Its rules for numbers and dates are used."),
    )
    upload = forms.FileField(
        label=_("File"),
        widget=UnfoldAdminFileFieldWidget,
        help_text=_(
            "A spreadsheet (XLSX, XLS, ODS), CSV with commas, semicolons, tabs or |, or JSON lines;"
            " with a header row. What it is, is told by its content."
        ),
    )
    list_id = forms.IntegerField(
        label=_("List"),
        required=False,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("VICIdial list_id for rows that name none; empty: the source's default."),
    )
    country = forms.CharField(
        label=_("Country"),
        required=False,
        max_length=2,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Two letters, of numbers without a country code; empty: the source's."),
    )

    class Meta:
        model = Import
        fields = ["lead_source", "upload", "list_id", "country"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        file, source = data.get("upload"), data.get("lead_source")
        if not self.errors and isinstance(file, UploadedFile) and source:
            try:
                self.instance = receive(
                    file,
                    file.name or "upload",
                    source,
                    list_id=data.get("list_id"),
                    country=data.get("country") or "",
                    by=self.user,
                    look_first=True,
                )
            except IntakeError as error:
                self.add_error("upload", str(error))
        return data

    def _post_clean(self) -> None:
        """The row is made and checked by `receive` already."""

    def save(self, commit: bool = True) -> Import:
        run: Import = self.instance
        return run

    def save_m2m(self) -> None:
        """There is nothing beside the row."""
