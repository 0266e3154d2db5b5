"""Put styles, scripts and the chart library where the web server finds them. Quick when nothing changed."""

from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from regulars import __version__


def collect() -> None:
    """Write the chart bundle once a version and collect all static files."""
    import vl_convert

    stamp = Path(settings.STATIC_ROOT) / ".version"
    wanted = f"{__version__} {vl_convert.__version__} {_newest()}"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    folder = Path(settings.BUNDLE_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    bundle = folder / "vega.js"
    if not bundle.exists():
        bundle.write_text(vl_convert.javascript_bundle(), encoding="utf-8")
    call_command("collectstatic", verbosity=0, interactive=False)
    stamp.write_text(wanted)


def _newest() -> float:
    """When our own static files last changed."""
    folder = Path(__file__).parent / "static"
    return max(path.stat().st_mtime for path in folder.rglob("*"))
