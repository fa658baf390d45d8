"""When two customers are probably one: names and addresses as people spell them, brought to one form."""

from __future__ import annotations

import re
import unicodedata

FORMS = frozenset(
    {
        "ab", "ag", "bv", "co", "company", "corp", "corporation", "ek", "eu", "gbr", "gmbh", "group", "holding", "inc",
        "kg", "limited", "llc", "llp", "ltd", "nv", "oy", "plc", "pte", "pty", "sa", "sarl", "sas", "se", "sl", "spa",
        "srl", "ug",
    }
)  # fmt: skip
"""What stands behind a company's name and says nothing about which one it is."""

MAIL_PROVIDERS = frozenset(
    {
        "aol.com", "fastmail.com", "gmail.com", "gmx.at", "gmx.ch", "gmx.de", "gmx.net", "googlemail.com",
        "hotmail.com", "icloud.com", "live.com", "mac.com", "mail.com", "mailbox.org", "me.com", "msn.com",
        "outlook.com", "posteo.de", "proton.me", "protonmail.com", "qq.com", "t-online.de", "web.de", "yahoo.com",
        "yahoo.de", "yandex.ru", "zoho.com",
    }
)  # fmt: skip
"""Domains where anybody may have an address, so that they say nothing about a company."""


def plain_name(text: str) -> str:
    """Small letters and digits without accents, single spaces."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[\W_]+", " ", bare.casefold()).split())


def company_key(name: str) -> str:
    """What two spellings of one company have in common; the whole name where nothing else is left."""
    words = plain_name(name.replace(".", "").replace("&", " and ")).split()
    kept = [word for word in words if word not in FORMS]
    return " ".join(kept or words)


def person_key(name: str) -> str:
    """The words of a name in any order: Ruiz, Ana is Ana Ruiz."""
    return " ".join(sorted(plain_name(name).split()))


def mailbox(address: str) -> str:
    """Whose letters arrive in one place: without what follows a plus. Empty for no address."""
    local, at, domain = address.strip().casefold().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}" if at and local else ""


def own_domain(address: str) -> str:
    """The domain of an address, if it says which company somebody is of; empty otherwise."""
    domain = address.strip().casefold().rpartition("@")[2] if "@" in address else ""
    return "" if domain in MAIL_PROVIDERS else domain
