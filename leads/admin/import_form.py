"""The upload form: a file, who supplied it, and where it is meant to go."""

from __future__ import annotations

import io
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from leads.admin.upload import DropInput
from leads.intake.errors import IntakeError
from leads.intake.upload import Stream, receive
from leads.models import Import, Source
from leads.words import translated

PASTED = "pasted rows.txt"


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
        required=False,
        widget=DropInput,
        help_text=_(
            "A spreadsheet (XLSX, XLS, ODS), CSV with commas, semicolons, tabs or |, or JSON lines;"
            " with a header row. What it is, is told by its content."
        ),
    )
    pasted = forms.CharField(
        label=_("or pasted rows"),
        required=False,
        strip=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text=_("Copied from a spreadsheet or a text, with or without a header row."),
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
        fields = ["lead_source", "upload", "pasted", "list_id", "country"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        given, source = self._given(data), data.get("lead_source")
        if not self.errors and given and source:
            stream, name = given
            try:
                self.instance = receive(
                    stream,
                    name,
                    source,
                    list_id=data.get("list_id"),
                    country=data.get("country") or "",
                    by=self.user,
                    look_first=True,
                )
            except IntakeError as error:
                self.add_error("pasted" if name == PASTED else "upload", translated(error))
        return data

    def _given(self, data: dict[str, Any]) -> tuple[Stream, str] | None:
        """The file or the pasted rows, and a name for them."""
        file, pasted = data.get("upload"), data.get("pasted") or ""
        if isinstance(file, UploadedFile):
            if pasted.strip():
                self.add_error("pasted", _("Give a file or pasted rows, not both."))
            return file, file.name or "upload"
        if pasted.strip():
            return io.BytesIO(pasted.encode("utf-8", "replace")), PASTED
        if "upload" not in self.errors:
            self.add_error("upload", _("Choose a file, or paste rows below."))
        return None

    def _post_clean(self) -> None:
        """The row is made and checked by `receive` already."""

    def save(self, commit: bool = True) -> Import:
        run: Import = self.instance
        return run

    def save_m2m(self) -> None:
        """There is nothing beside the row."""
