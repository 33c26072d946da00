"""The forms of dialers and their lists; the password goes in and never comes out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminPasswordWidget

from leads.dialers.connect import seal
from leads.models import Dialer, DialerList
from leads.vicidial.client import normalise_url
from leads.vicidial.errors import DialerError
from leads.vicidial.fields import validate_duplicate_check
from leads.words import translated


class DialerForm(forms.ModelForm):  # type: ignore[type-arg]
    """An empty password keeps the one that is there."""

    password = forms.CharField(
        label=_("API password"),
        required=False,
        strip=False,
        widget=UnfoldAdminPasswordWidget(
            render_value=False, attrs={"autocomplete": "new-password"}
        ),
        help_text=_("Kept encrypted and never shown again. Empty keeps the present one."),
    )

    class Meta:
        model = Dialer
        fields = [
            "name",
            "base_url",
            "api_user",
            "api_source",
            "accents",
            "verify_tls",
            "enabled",
            "connections",
            "calls_per_second",
            "calls_per_day",
            "call_from",
            "call_until",
            "time_zone",
            "connect_timeout",
            "read_timeout",
        ]

    def clean_base_url(self) -> str:
        try:
            return normalise_url(self.cleaned_data["base_url"])
        except DialerError as error:
            raise ValidationError(translated(error.sentence)) from None

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not password and not self.instance.password_token:
            raise ValidationError(_("The dialer has no password yet: type the API user's."))
        if password and not all(c.isascii() and (c.isalnum() or c in "-_") for c in password):
            raise ValidationError(
                _(
                    "VICIdial compares only letters, digits, - and _: with this password nobody can"
                    " log in over the API. Change it there first."
                )
            )
        return password

    def save(self, commit: bool = True) -> Dialer:
        if password := self.cleaned_data["password"]:
            self.instance.password_token = seal(password)
        dialer: Dialer = super().save(commit)
        return dialer


class DialerListForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = DialerList
        exclude: list[Any] = []

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("campaign_dnc_check", "N") != "N" and not data.get("campaign_id"):
            self.add_error(
                "campaign_id",
                _("The campaign DNC check asks the list of a campaign: name it, or switch it off."),
            )
        return data

    def clean_duplicate_check(self) -> str:
        value: str = self.cleaned_data["duplicate_check"].strip().upper()
        if value:
            try:
                validate_duplicate_check(value)
            except ValueError as error:
                raise ValidationError(translated(error)) from None
        return value
