"""A link that holds each packet for a while: two TAP devices, joined here because not every kernel has `tc netem`.

Usage: delay.py ONE OTHER. A line on stdin is the delay in milliseconds from then on; its end is the link's.
"""

import collections
import fcntl
import os
import select
import struct
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TAP, IFF_NO_PI = 0x0002, 0x1000
FRAME = 2048


def tap(name):
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TAP | IFF_NO_PI))
    return device


def main():
    one, other = (tap(name) for name in sys.argv[1:3])
    across = {one: other, other: one}
    delay = 0.0
    held = collections.deque()
    print("ready", flush=True)
    poll = select.poll()
    for source in (one, other, sys.stdin.fileno()):
        poll.register(source, select.POLLIN)
    while True:
        now = time.monotonic()
        while held and held[0][0] <= now:
            _, target, frame = held.popleft()
            try:
                os.write(target, frame)
            except OSError:
                pass  # The device is not up yet, or full: a link may lose packets.
        for source, _ in poll.poll((held[0][0] - now) * 1000 if held else None):
            if source == sys.stdin.fileno():
                line = sys.stdin.readline()
                if not line:
                    return
                delay = float(line) / 1000
                continue
            try:
                held.append((time.monotonic() + delay, across[source], os.read(source, FRAME)))
            except OSError:
                pass


main()
