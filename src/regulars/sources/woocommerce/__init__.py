"""WooCommerce: the REST API's JSON pages (rest.py) and the CSV of the common export plug-in (plugin_csv.py)."""

from regulars.sources.woocommerce import plugin_csv

FORMATS = (plugin_csv.Orders(),)
