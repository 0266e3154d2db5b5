"""Which internet addresses are outside: the only ones that a request made for somebody else may go to.

From the IANA special-purpose address registries (RFC 6890 and its successors), written out since what Python calls global differs by version.
"""

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

INSIDE_4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "168.63.129.16/32",  # looks public, but is the host's own service on Azure
        ),
    )
)  # fmt: skip
# Only 2000::/3 is given out; within it these are tunnels (2001::/32, 2002::/16), tests and documentation.
OUTSIDE_6 = ipaddress.IPv6Network("2000::/3")
INSIDE_6 = tuple(map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
TRANSLATED_6 = ipaddress.IPv6Network("64:ff9b::/96")  # the way to IPv4 from networks that have only IPv6 (RFC 6052)


def is_outside(text: str) -> bool:
    """Whether an IPv4 or IPv6 address belongs to a machine on the public internet; False for what is no address."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in INSIDE_4)
    if address in TRANSLATED_6:
        return is_outside(str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)))
    return address in OUTSIDE_6 and not any(address in network for network in INSIDE_6)
