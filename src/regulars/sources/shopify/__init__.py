"""Shopify's CSV exports: orders, customers, products; old and new headers, any case."""

from regulars.sources.shopify.lists import Customers, Products
from regulars.sources.shopify.orders import Orders

FORMATS = (Orders(), Customers(), Products())
