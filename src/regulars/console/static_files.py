"""Put styles, scripts and the chart library where the web server finds them. Quick when nothing changed."""

from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from regulars import __version__


def collect() -> None:
    """Write the chart bundle once for each version of it, and collect all static files."""
    stamp = Path(settings.STATIC_ROOT) / ".version"
    charts = version("vl-convert-python")
    known, wanted = stamp.read_text() if stamp.exists() else "", f"{__version__} {charts} {_newest()}"
    if known == wanted:
        return
    folder = Path(settings.BUNDLE_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    bundle = folder / "vega.js"
    if not bundle.exists() or charts not in known.split():
        import vl_convert

        bundle.write_text(vl_convert.javascript_bundle(), encoding="utf-8")  # type: ignore[call-arg]
    call_command("collectstatic", verbosity=0, interactive=False)
    stamp.write_text(wanted)


def _newest() -> float:
    """When our own static files last changed."""
    folder = Path(__file__).parent / "static"
    return max(path.stat().st_mtime for path in folder.rglob("*"))
