"""What each number means, in the words a shopkeeper reads. Shown in the console and printed to docs/numbers.md."""

from dataclasses import dataclass


def _(text: str) -> str:
    """Marks a text for translation."""
    return text


@dataclass(frozen=True)
class Definition:
    """A title and a few paragraphs."""

    title: str
    paragraphs: tuple[str, ...]


DEFINITIONS: dict[str, Definition] = {
    "came-back": Definition(
        _("Came back within 90 days (N1)"),
        (
            _("Of the customers whose first order lies in a window of 91 days, the share with a second order on a later day, at most 90 days after the first. The window ends 104 days before the last complete day, so that everybody in it had the full 90 days and 14 days of grace for refunds and late imports."),
            _("Below 100 new customers the counts are shown and no rate. The interval is Wilson's at 95 %. The same season last year is the window 364 days earlier; 'inside the noise' means that the interval of the difference holds zero."),
            _("Customers first seen less than 180 days after the orders begin may be old ones and are left out, unless the orders reach back to the shop's opening. The estimate from customers still on their way is Kaplan-Meier's and never the headline."),
            _("It does not move when only the number of new customers changes. That is why it is the first number."),
        ),
    ),
    "kept": Definition(
        _("Kept from last year's customers (N2)"),
        (
            _("Net revenue in the last 365 days of everybody who bought in the 365 days before, divided by what they spent then. It ends 14 days before the last complete day. It needs 24 months of orders and 100 customers."),
            _("It is the share who bought again, times what a rebuyer spends now against what a buyer spent then. New and old customers are shown apart where the history tells them apart. The interval takes customers, not orders, as the unit."),
        ),
    ),
    "valid-order": Definition(
        _("An order that counts"),
        (
            _("It was paid, or is to be paid on delivery and went out. It is not: a test; cancelled or refunded in full within 14 days; voided, failed or unpaid; worth nothing; only a gift card; a subscription renewal; an exchange (everything in it was given back by the same customer in the 30 days before); or tagged to be left out."),
            _("Two orders of one customer on one calendar day in the shop's time zone are one order day: split baskets are not loyalty."),
        ),
    ),
    "net-revenue": Definition(
        _("Net revenue"),
        (
            _("Lines after discounts, without tax and shipping, minus refunds. A refund is booked to the day of the original order, in proportion to the part of the order's total that was given back. Amounts in other currencies count at the rate given at import and are never revalued."),
        ),
    ),
    "slipping": Definition(
        _("Slipping away"),
        (
            _("Customers who have been silent for longer than three of four of their own gaps, worth most first. Worth is net revenue a year since the first order, counted over at least one year."),
        ),
    ),
    "rhythm": Definition(
        _("Rhythm"),
        (
            _("Gaps between a customer's order days are taken as lognormal around the customer's own level. The level is the mean of the logarithms of the own gaps, shrunk towards that of the product bought last, which is shrunk towards the shop's. How strongly follows from how much customers differ in this shop (empirical Bayes)."),
            _("The usual gap is the median. Late is the 75th percentile, lost the 95th, both wider for customers with few gaps."),
        ),
    ),
    "stage": Definition(
        _("Stage"),
        (
            _("New: one order day, not late. Active: two or three, not late. Loyal: four or more, not late. Returned: back after a gap in which they counted as lost. Slipping: late by their own rhythm. Lost: silent for longer than nineteen of twenty of their gaps."),
        ),
    ),
    "rfm": Definition(
        _("Recency, frequency, money"),
        (
            _("Each customer's fifth by days since the last order, by order days and by net revenue; equal values get equal scores. The corners have the usual names, from champions to asleep."),
        ),
    ),
    "grades": Definition(
        _("Grades A, B, C"),
        (
            _("Customers in order of net revenue: A as long as those before have brought less than 80 % of it, B to 95 %, then C. The curve shows this shop's own concentration; 80/20 is lore until measured."),
        ),
    ),
    "forecast": Definition(
        _("Forecast"),
        (
            _("Probability of an order and expected orders by what was closest in this shop's own past (see Can we trust it?), expected value of an order from gamma-gamma, the next order's days and what is still to come by the best model of the order rhythm. Below 180 days, 500 customers, 100 who came back or anybody with three orders, nothing is shown. 'Churn not identifiable' means the history does not yet show who has left for good."),
        ),
    ),
    "changes": Definition(
        _("What changed"),
        (
            _("When a month is finished, what each product, channel, country, cohort and grade did is compared with the same months before. All comparisons are corrected together: in a shop where nothing happened, at most one look in twenty shows anything at all. A product that brings people back need not be the cause."),
        ),
    ),
    "margin": Definition(
        _("Margin"),
        (
            _("Net revenue less the products' cost. Where a product has no cost the shop's one margin setting is used, labelled as assumed; without it there is no margin."),
        ),
    ),
    "identity": Definition(
        _("One person, however many addresses"),
        (
            _("Customer numbers, e-mail addresses and phone numbers that stand together on one order or one customer record belong to one person. Two customer numbers of one shop system never do by themselves, nor do addresses used with more than five names. Similar names are only suggested. Every merge is in a ledger and can be undone."),
        ),
    ),
    "cohorts": Definition(
        _("Cohorts"),
        (
            _("Customers by the month of their first order; each cell is the share who ordered in a later month. Months that have not passed are marked as unfinished, never shown as zero."),
        ),
    ),
    "time-to-second": Definition(
        _("Time to the second order"),
        (
            _("Kaplan-Meier: the share who came back by each day, taking into account that recent customers have not had the time yet. The band is the interval at 95 %."),
        ),
    ),
    "products": Definition(
        _("Products"),
        (
            _("Repeat rate: of the buyers, the share who bought the same product again on a later day. The gaps are between such purchases. First products: of the newcomers whose first basket held it, the share who came back within the horizon, with Wilson's interval. A product that brings people back need not be the cause: it may attract people who would come back anyway."),
        ),
    ),
    "profile": Definition(
        _("Profile"),
        (_("One row a customer, computed from the facts known on the day named. Every column is explained in the data dictionary."),),
    ),
}  # fmt: skip
