"""The form of the mapping page: what each column becomes, how the file is read, fixed values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from leads.intake import mapping
from leads.intake.encoding import ENCODINGS
from leads.intake.errors import IntakeError
from leads.intake.headers import FULL_NAME
from leads.intake.quoting import DOUBLE, NO_QUOTE, SINGLE
from leads.intake.read_sheet import sheet_names
from leads.intake.sniff import SHEET, TEXT, without_header
from leads.intake.upload import LIST_IDS
from leads.models import Dialer, DialerList, Import
from leads.vicidial.custom import CUSTOM, is_label
from leads.vicidial.fields import FIELDS

SPLIT_LABELS = {
    FULL_NAME: _("full name → first and last name"),
    mapping.CITY_LINE: _("“city, ST zip” → city, state and postal code"),
}
DELIMITERS = [(",", _("commas")), (";", _("semicolons")), ("\t", _("tabs")), ("|", _("bars"))]
MARKS = [
    (DOUBLE, _('double marks: "…"')),
    (SINGLE, _("single marks: '…'")),
    (NO_QUOTE, _("nothing: every mark is text")),
]
HEADERS = [("yes", _("yes, the first row")), ("no", _("no, every row is a lead"))]


def custom_labels(dialer: Dialer | None) -> set[str]:
    """The labels of custom fields that the lists of the dialer (None: of any) are known to have."""
    lists = DialerList.objects.filter(enabled=True, dialer__enabled=True)
    if dialer:
        lists = lists.filter(dialer=dialer)
    return {
        label
        for labels in lists.values_list("custom_labels", flat=True)
        for label in labels
        if is_label(label)
    }


def custom_in(targets: Sequence[str | None]) -> set[str]:
    """The labels that a mapping has already."""
    return {t.removeprefix(CUSTOM) for t in targets if t and t.startswith(CUSTOM)}


class MappingForm(forms.Form):
    """For one import: `column_N` for each of its columns, and what else a person may settle."""

    def __init__(self, run: Import, *args: Any) -> None:
        super().__init__(*args)
        self.run = run
        for name, value in run.fixed.items():
            self.initial[f"fixed_{name}"] = value
        self._reading()
        labels = sorted(custom_labels(run.dialer) | custom_in(run.mapping))
        choices = [
            ("", _("– keep it, do not send it –")),
            *((name, name) for name in FIELDS),
            *SPLIT_LABELS.items(),
            *((CUSTOM + label, _("custom field %(label)s") % {"label": label}) for label in labels),
        ]
        for place, (header, target) in enumerate(zip(run.header, run.mapping, strict=True)):
            self._choose(f"column_{place}", header or "–", choices, target or "")
        for name in mapping.FIXABLE:
            self.fields[f"fixed_{name}"] = forms.CharField(
                label=name, required=False, max_length=50, widget=UnfoldAdminTextInputWidget
            )
        self.fields["dialer"] = forms.ModelChoiceField(
            Dialer.objects.filter(Q(enabled=True) | Q(pk=run.dialer_id)),
            label=_("Dialer"),
            required=False,
            empty_label=_("not known yet"),
            widget=UnfoldAdminSelectWidget,
            help_text=_("Where they are to be pushed: what it would not keep is shown below."),
        )
        self.initial["dialer"] = run.dialer_id

    def _choose(
        self, name: str, label: Any, choices: Sequence[Any], initial: str, *, needed: bool = False
    ) -> None:
        self.fields[name] = forms.ChoiceField(
            label=label, required=needed, choices=choices, widget=UnfoldAdminSelectWidget
        )
        self.initial[name] = initial

    def _reading(self) -> None:
        run = self.run
        if run.kind == TEXT:
            known = dict.fromkeys([*ENCODINGS, run.encoding])
            encodings = [(name, name) for name in known]
            self._choose("encoding", _("Encoding"), encodings, run.encoding, needed=True)
            marks = _("Between the cells")
            self._choose("delimiter", marks, DELIMITERS, run.delimiter, needed=True)
            around = _("Around cells with such a mark inside")
            self._choose("quote", around, MARKS, run.quote or DOUBLE, needed=True)
        if run.kind == SHEET:
            names = self._sheets()
            self._choose("sheet", _("Sheet"), [(n, n) for n in names], run.sheet, needed=True)
        if run.kind in (TEXT, SHEET):
            initial = "no" if run.header == list(without_header(len(run.header))) else "yes"
            self._choose("header", _("Names of the columns"), HEADERS, initial, needed=True)

    def _sheets(self) -> list[str]:
        try:
            return sheet_names(self.run.file.path)
        except (IntakeError, OSError):
            return [self.run.sheet]  # the page says what is wrong with the file

    @property
    def reading(self) -> list[forms.BoundField]:
        names = ("sheet", "encoding", "delimiter", "quote", "header")
        return [self[name] for name in names if name in self.fields]

    @property
    def columns(self) -> list[forms.BoundField]:
        return [self[f"column_{place}"] for place in range(len(self.run.header))]

    @property
    def fixed(self) -> list[forms.BoundField]:
        return [self["dialer"], *(self[f"fixed_{name}"] for name in mapping.FIXABLE)]

    def clean_fixed_list_id(self) -> str:
        value: str = self.cleaned_data["fixed_list_id"].strip()
        if value and not (value.isdecimal() and int(value) in LIST_IDS):
            raise forms.ValidationError(
                _("%(given)s is no list ID of VICIdial: it has 3 to 12 digits, for example 101."),
                params={"given": value},
            )
        return value

    def clean_fixed_phone_code(self) -> str:
        value: str = self.cleaned_data["fixed_phone_code"].strip().removeprefix("+")
        if value and not (value.isdecimal() and len(value) <= 4):
            raise forms.ValidationError(_("A phone code has 1 to 4 digits, for example 1 or 44."))
        return value

    def chosen(self) -> list[str | None]:
        """The target of each column."""
        return [
            self.cleaned_data[f"column_{place}"] or None for place in range(len(self.run.header))
        ]

    def chosen_fixed(self) -> dict[str, str]:
        given = {name: self.cleaned_data[f"fixed_{name}"].strip() for name in mapping.FIXABLE}
        return {name: value for name, value in given.items() if value}

    def changes_reading(self) -> bool:
        """Whether the file is to be read otherwise than it was: then its columns are others."""
        return any(field.name in self.changed_data for field in self.reading)

    def apply(self) -> None:
        """Put what was chosen on the import, unsaved. Raises IntakeError."""
        run, data = self.run, self.cleaned_data
        if self.changes_reading():
            run.encoding = data.get("encoding", run.encoding)
            run.delimiter = data.get("delimiter", run.delimiter)
            run.quote = data.get("quote", run.quote)
            run.sheet = data.get("sheet", run.sheet)
            run.has_header = data["header"] == "yes"
            return
        run.mapping, run.fixed = self.chosen(), self.chosen_fixed()
        run.dialer = data["dialer"]
        mapping.check(run.mapping, len(run.header))
