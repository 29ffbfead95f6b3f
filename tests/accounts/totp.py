"""A slow twin of an authenticator application: RFC 6238, written from the paper."""

import base64
import hashlib
import hmac
import time


def code_of(secret: str, *, steps_ahead: int = 0) -> str:
    """The six digits that an application shows now, or `steps_ahead` half minutes later."""
    counter = int(time.time()) // 30 + steps_ahead
    digest = hmac.new(base64.b32decode(secret), counter.to_bytes(8, "big"), hashlib.sha1).digest()
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**6:06d}"
