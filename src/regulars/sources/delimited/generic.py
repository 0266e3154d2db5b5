"""Any table of orders (or customers, products, refunds) whose columns a person or a guess has named.

The guess compares letters and digits only, so `InvoiceNo`, `invoice_no` and `Invoice No.` are one. It is shown before
anything is imported, can be corrected, and is remembered for files with the same header.
"""

import re
from collections.abc import Mapping, Sequence

from regulars.sources.source import TABLES, TELLING, Rules, cells_named, packed, plain_select

ORDER_ALIASES = {
    "order_key": "order_id orderid order_no ordernumber order_number order invoice invoice_no invoiceno invoice_number "
    "invoiceid basket_id transaction_id receipt receipt_no bestellnummer rechnungsnummer pedido n_pedido commande 订单号 订单编号",
    "ordered_at": "order_date ordered_at order_time created_at created date datetime invoice_date invoicedate purchase_date "
    "transaction_date transaction_timestamp sale_date sold_on sold_at bought_on bought_at bought purchased_on purchased_at paid_on placed_at placed_on order_placed ordered_on ordered order_purchase_timestamp timestamp datum bestelldatum "
    "fecha date_commande 日期 下单时间 订单日期",
    "account": "customer_id customerid customer_no customer_number customer cust custid cust_id client_id member_id "
    "member_number household_id user_id customer_unique_id buyer_username kundennummer kunde cliente client 客户 客户编号 "
    "会员号 会员编号",
    "email": "email e_mail email_address customer_email buyer_email mail correo 邮箱 电子邮件",
    "phone": "phone telephone phone_number mobile customer_phone telefon handy tel 电话 手机 手机号",
    "name": "customer_name name full_name buyer_name buyer kundenname nombre nom 姓名 客户姓名",
    "company": "company firma empresa 公司",
    "city": "city town ort stadt ciudad ville 城市",
    "postcode": "postcode postal_code zip zipcode zip_code plz 邮编",
    "country": "country country_code land pais pays 国家",
    "currency": "currency currency_code waehrung moneda devise 币种 货币",
    "status": "status order_status state financial_status zustand estado statut 状态 订单状态",
    "total": "total order_total grand_total total_amount amount revenue gross total_price order_value value sum gesamt "
    "gesamtbetrag betrag importe montant dollars sales sales_value 金额 总额 订单金额 实付金额",
    "shipping": "shipping shipping_total shipping_cost shipping_and_handling freight freight_value postage versand envio 运费",
    "tax": "tax taxes vat tax_total mwst iva tva 税额",
    "discount": "discount discount_total order_discount rabatt descuento remise 折扣 优惠",
    "refunded": "refunded refunded_amount refund_total erstattet",
    "channel": "channel source sales_channel store store_id filiale kanal 渠道",
    "sku": "sku stock_code stockcode item_code article_no product_code artikelnummer custom_label asin 商品编码 货号",
    "product_ref": "product_id productid item_id product_ref 商品编号",
    "title": "product product_name item item_name item_title description itemdescription title artikel produkt producto "
    "produit 商品 商品名称",
    "quantity": "quantity qty units cds menge anzahl cantidad quantite 数量",
    "unit_price": "unit_price unitprice price item_price sold_for stückpreis stueckpreis preis precio prix 单价",
    "line_total": "line_total item_total line_amount positionssumme 小计",
}
OF_BOTH = ("account", "email", "phone", "name", "company", "city", "postcode", "country")
CUSTOMER_ALIASES = {name: ORDER_ALIASES[name] for name in OF_BOTH} | {
    "first_name": "first_name firstname given_name vorname nombre 名",
    "last_name": "last_name lastname surname family_name nachname apellido 姓",
    "address": "address address1 address_1 street strasse direccion 地址",
    "region": "state province region bundesland",
    "email_consent": "accepts_email_marketing newsletter email_marketing_consent opt_in marketing",
    "tags": "tags labels groups",
    "created_at": "created_at registered registered_at signup_date",
}
PRODUCT_ALIASES = {
    "product_ref": ORDER_ALIASES["product_ref"],
    "sku": ORDER_ALIASES["sku"],
    "title": ORDER_ALIASES["title"] + " name",
    "category": "category type kategorie categoria 分类",
    "vendor": "vendor brand manufacturer marke 品牌",
    "price": ORDER_ALIASES["unit_price"],
    "cost": "cost cost_price unit_cost purchase_price einkaufspreis coste cout 成本",
}
REFUND_ALIASES = {
    "refund_key": "refund_id refund_no return_id credit_memo",
    "order_key": ORDER_ALIASES["order_key"],
    "refunded_at": "refunded_at refund_date returned_at return_date date",
    "amount": "amount refund_amount refunded total",
    "reason": "reason return_reason",
    "sku": ORDER_ALIASES["sku"],
    "quantity": ORDER_ALIASES["quantity"],
}
ALIASES: Mapping[str, Mapping[str, str]] = {
    "orders": ORDER_ALIASES,
    "customers": CUSTOMER_ALIASES,
    "products": PRODUCT_ALIASES,
    "refunds": REFUND_ALIASES,
}


def letters(name: str) -> str:
    """A header cell reduced to letters and digits."""
    return re.sub(r"[\W_]+", "", name.lower())


def guess(header: Sequence[str], table: str) -> dict[str, str]:
    """Our column -> the file's column, as far as names tell. A file column is used once, by the better name."""
    by_name: dict[str, str] = {}
    for cell in header:
        if not cell.startswith("="):  # a mapping value that begins so is a constant
            by_name.setdefault(letters(cell), cell)
    ranked = []
    for order, (column, names) in enumerate(ALIASES[table].items()):
        for rank, name in enumerate([column, *names.split()]):
            if letters(name) in by_name:
                ranked.append((rank, order, column, by_name[letters(name)]))
    found: dict[str, str] = {}
    for _rank, _order, column, cell in sorted(ranked):
        if column not in found and cell not in found.values():
            found[column] = cell
    return found


def guess_table(header: Sequence[str]) -> str:
    """Which table a file most likely is: orders need a date, refunds a reason or refund key, products a price."""
    names = {letters(cell) for cell in header}
    orders = guess(header, "orders")
    if names & {letters(name) for name in REFUND_ALIASES["refund_key"].split()}:
        return "refunds"
    if "ordered_at" in orders and (
        {"order_key", "total", "line_total", "unit_price"} & orders.keys() or len(header) <= 3
    ):
        return "orders"
    if {"order_key", "ordered_at"} & orders.keys() and {"total", "line_total", "unit_price"} & orders.keys():
        return "orders"  # what is missing will be asked for
    if {"email", "phone"} & guess(header, "customers").keys():
        return "customers"
    if {"price", "cost"} & guess(header, "products").keys() and "title" in guess(header, "products"):
        return "products"
    return "orders"


RAW_KEYS: Mapping[str, frozenset[str]] = {
    "orders": frozenset({"order_key", "ordered_at"}),
    "refunds": frozenset({"refund_key", "order_key"}),
    "customers": frozenset({"account", "email"}),
    "products": frozenset({"sku", "title"}),
    "reviews": frozenset({"review_key", "rating"}),
}
RAW_EXTRA = ("first_name", "last_name", "birthday", TELLING)


class Raw:
    """Files that use our own column names: nothing to map. Also what the JSON reader and the demo shop hand over."""

    name = "regulars"

    def __init__(self, table: str) -> None:
        self.table = table

    def recognises(self, header: Sequence[str]) -> bool:
        """All columns are ours, and the ones that make the table are there."""
        return RAW_KEYS[self.table] <= set(header) <= {*TABLES[self.table], *RAW_EXTRA}

    def mapping(self, header: Sequence[str]) -> dict[str, str]:
        """Each column to itself."""
        return {column: column for column in (*TABLES[self.table], TELLING) if column in header}

    def select(self, mapping: Mapping[str, str]) -> str:
        """Rows as they are."""
        return plain_select(mapping)

    def rules(self) -> Rules:
        """To be found out from the cells."""
        return Rules(source="regulars", table=self.table)


class Guessed:
    """The layout of last resort: columns by their names, or by a mapping."""

    name = "csv"

    def __init__(self, table: str) -> None:
        self.table = table

    def recognises(self, header: Sequence[str]) -> bool:
        """Never by itself: it is chosen when nothing else fits."""
        return False

    def mapping(self, header: Sequence[str]) -> dict[str, str]:
        """The guess."""
        return guess(header, self.table)

    def select(self, mapping: Mapping[str, str]) -> str:
        """Rows as they are; columns without a place of their own are packed as attributes."""
        others = cells_named(mapping["attributes"]) if "attributes" in mapping else []
        extra = [f"{packed({cell: cell for cell in others})} AS attributes"] if others else []
        return plain_select({column: cell for column, cell in mapping.items() if column != "attributes"}, extra)

    def rules(self) -> Rules:
        """To be found out from the cells."""
        return Rules(source="csv", table=self.table)


FORMATS = tuple(Raw(table) for table in ("orders", "refunds", "customers", "products", "reviews"))
