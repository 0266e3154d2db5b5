"""What tests of reports share: whoever reports needs no styles."""

from pathlib import Path

from django.conf import settings

Path(settings.STATIC_ROOT).mkdir(exist_ok=True)
