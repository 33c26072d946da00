"""The VICIdial servers that leads are pushed to, and their lists."""

from __future__ import annotations

import secrets
import string
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

CODE_LETTERS = "".join(sorted(set(string.ascii_uppercase) - set("IOU")))


def new_code_prefix() -> str:
    """Six letters that mark the portal's own vendor_lead_codes on one dialer.

    Random, so that two portals that push to the same dialer never claim each other's leads;
    capitals only, because MySQL compares without case.
    """
    return "LP" + "".join(secrets.choice(CODE_LETTERS) for _ in range(4))


def known_time_zone(name: str) -> None:
    """Refuse a name that is no time zone. Raises ValidationError."""
    if name not in available_timezones():
        raise ValidationError(_("There is no time zone %(name)s."), params={"name": name})


class Dialer(models.Model):
    """A VICIdial server, the API user for it, its limits, and whether it is open for calls.

    `password_token` is the encrypted API password; only `leads.dialers.connect` opens it.
    """

    name = models.CharField(max_length=50, unique=True)
    base_url = models.CharField(
        _("URL"), max_length=255, help_text=_("For example https://dialer.example.com/vicidial/")
    )
    api_user = models.CharField(_("API user"), max_length=20)
    password_token = models.TextField(blank=True, default="", editable=False)
    api_source = models.CharField(
        _("API source"),
        max_length=20,
        default="leadportal",
        validators=[RegexValidator(r"^[A-Za-z0-9]{2,20}$", _("2 to 20 letters and digits."))],
        help_text=_("Marks the portal's calls in VICIdial's own API log."),
    )
    accents = models.BooleanField(
        _("keeps accents"),
        default=False,
        help_text=_(
            'On if the server runs with "use non latin"; else letters outside A-Z are lost.'
        ),
    )
    verify_tls = models.BooleanField(_("verify TLS"), default=True)
    enabled = models.BooleanField(default=True)

    connections = models.PositiveSmallIntegerField(
        default=8,
        validators=[MinValueValidator(1), MaxValueValidator(64)],
        help_text=_("Calls at once, over all workers on all machines; look-ups use one more."),
    )
    calls_per_second = models.PositiveIntegerField(
        default=0, help_text=_("Over all workers on all machines; 0 is no limit.")
    )
    calls_per_day = models.PositiveIntegerField(
        default=0, help_text=_("add_lead calls from midnight to midnight there; 0 is no limit.")
    )
    call_from = models.TimeField(
        null=True,
        blank=True,
        help_text=_("Leads are pushed from this time of day on; empty: always."),
    )
    call_until = models.TimeField(
        null=True,
        blank=True,
        help_text=_("… until this time; before the first one: over midnight."),
    )
    time_zone = models.CharField(
        max_length=50,
        blank=True,
        default="",
        validators=[known_time_zone],
        help_text=_(
            "Of these hours and days, for example America/New_York; empty: the portal's own."
        ),
    )
    connect_timeout = models.FloatField(default=5.0, help_text="Seconds.")
    read_timeout = models.FloatField(default=30.0, help_text="Seconds.")

    code_prefix = models.CharField(
        max_length=6, default=new_code_prefix, unique=True, editable=False
    )
    highest_lead_id = models.BigIntegerField(default=0, editable=False)
    capabilities = models.JSONField(default=dict, editable=False)
    tested_at = models.DateTimeField(null=True, editable=False)
    test_result = models.JSONField(default=list, editable=False)

    # The circuit breaker: an empty reason is "open for business".
    paused_reason = models.CharField(max_length=40, blank=True, default="", editable=False)
    paused_text = models.TextField(blank=True, default="", editable=False)
    paused_at = models.DateTimeField(null=True, editable=False)
    paused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        db_index=False,
        related_name="+",
    )
    retry_at = models.DateTimeField(
        null=True, editable=False, help_text="When a probe may try; empty: a person must resume."
    )
    failures = models.PositiveIntegerField(default=0, editable=False)
    next_call_at = models.DateTimeField(null=True, editable=False)
    calls_day = models.DateField(null=True, editable=False)
    calls_today = models.PositiveIntegerField(default=0, editable=False)
    login_proven = models.CharField(
        max_length=32,
        blank=True,
        default="",
        editable=False,
        help_text="Which URL, user and password the dialer has taken; else one call goes alone.",
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="dialer_paused_says_why",
                condition=Q(paused_at__isnull=True, paused_reason="")
                | (Q(paused_at__isnull=False) & ~Q(paused_reason="") & ~Q(paused_text="")),
            ),
            models.CheckConstraint(name="dialer_connections", condition=Q(connections__gte=1)),
            models.CheckConstraint(
                name="dialer_hours_from_and_until",
                condition=Q(call_from__isnull=True, call_until__isnull=True)
                | (
                    Q(call_from__isnull=False, call_until__isnull=False)
                    & ~Q(call_from=models.F("call_until"))
                ),
                violation_error_message=_("Give both hours, and not the same twice; or neither."),
            ),
        ]
        permissions = [("test_dialer", "Can test the connection of, pause and resume a dialer")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_paused(self) -> bool:
        return bool(self.paused_reason)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of its hours and days."""
        return ZoneInfo(self.time_zone or settings.TIME_ZONE)


class YesNoArea(models.TextChoices):
    NO = "N", _("No")
    YES = "Y", _("Yes")
    AREACODE = "AREACODE", _("Yes, area codes too")


class DialerList(models.Model):
    """A VICIdial list and the add_lead options that its leads are pushed with."""

    dialer = models.ForeignKey(Dialer, on_delete=models.CASCADE, related_name="lists")
    list_id = models.BigIntegerField(
        _("list_id"), validators=[MinValueValidator(100), MaxValueValidator(999_999_999_999)]
    )
    name = models.CharField(max_length=50, blank=True, default="")
    campaign_id = models.CharField(max_length=20, blank=True, default="")
    enabled = models.BooleanField(default=True)
    seen_at = models.DateTimeField(_("seen on the dialer"), null=True, editable=False)
    confirmed = models.BooleanField(
        _("I have seen it in VICIdial"),
        default=False,
        help_text=_(
            "Only for releases that cannot be asked whether a list exists (before 2.14-136)."
        ),
    )

    duplicate_check = models.CharField(
        max_length=200,
        blank=True,
        default="DUPLIST",
        help_text=_("VICIdial's own checks, joined with -, for example DUPLIST-DUPSYS90DAY."),
    )
    dnc_check = models.CharField(_("DNC check"), max_length=8, choices=YesNoArea, default="Y")
    campaign_dnc_check = models.CharField(
        _("campaign DNC check"), max_length=8, choices=YesNoArea, default="N"
    )
    usacan_prefix_check = models.BooleanField(default=False)
    usacan_areacode_check = models.BooleanField(default=False)
    nanpa_ac_prefix_check = models.BooleanField(default=False)
    add_to_hopper = models.BooleanField(default=False)
    hopper_priority = models.SmallIntegerField(
        default=0, validators=[MinValueValidator(-99), MaxValueValidator(99)]
    )
    hopper_local_call_time_check = models.BooleanField(default=False)
    tz_method = models.CharField(
        max_length=6,
        blank=True,
        default="",
        choices=[
            ("POSTAL", _("Postal code")),
            ("TZCODE", _("Owner field")),
            ("NANPA", _("NANPA prefix")),
        ],
    )
    lookup_state = models.BooleanField(default=False)
    custom_fields = models.BooleanField(
        _("send custom fields"),
        default=False,
        help_text=_("Of columns that were mapped to one; only labels that this list has are sent."),
    )
    custom_labels = models.JSONField(_("its custom fields"), default=list, editable=False)

    class Meta:
        ordering = ["dialer", "list_id"]
        constraints = [
            models.UniqueConstraint(fields=["dialer", "list_id"], name="list_once_a_dialer"),
            models.CheckConstraint(
                # Fewer digits, or more, and the server would use its default list 999.
                name="list_id_3_to_12_digits",
                condition=Q(list_id__gte=100, list_id__lte=999_999_999_999),
            ),
            models.CheckConstraint(
                name="campaign_dnc_needs_campaign",
                condition=Q(campaign_dnc_check="N") | ~Q(campaign_id=""),
            ),
        ]

    def __str__(self) -> str:
        named = f"{self.list_id} {self.name}".strip()
        return gettext("%(list)s on %(dialer)s") % {"list": named, "dialer": self.dialer}

    def options(self) -> dict[str, str]:
        """The add_lead settings of this list, as the parameters that go over the wire."""
        flags = (
            "usacan_prefix_check",
            "usacan_areacode_check",
            "nanpa_ac_prefix_check",
            "add_to_hopper",
            "hopper_local_call_time_check",
            "lookup_state",
            "custom_fields",
        )
        options = {flag: "Y" for flag in flags if getattr(self, flag)}
        options["list_exists_check"] = "Y"
        if self.add_to_hopper and self.hopper_priority:
            options["hopper_priority"] = str(self.hopper_priority)
        for check in ("dnc_check", "campaign_dnc_check"):
            if (value := getattr(self, check)) != YesNoArea.NO:
                options[check] = value
        for text in ("duplicate_check", "tz_method"):
            if value := getattr(self, text):
                options[text] = value
        if self.campaign_dnc_check != YesNoArea.NO:
            options["campaign_id"] = self.campaign_id
        return options
