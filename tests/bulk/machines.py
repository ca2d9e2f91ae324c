"""Machines that share a disk: this one, or network namespaces, which reach each other over a network of their own.

The namespaces hang on a bridge in yet another one, so that nothing of the machine's own network is touched.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Machine:
    """Where a process runs: what its command begins with there, and the address that others reach it by."""

    address: str
    prefix: tuple[str, ...] = ()


HERE = Machine("127.0.0.1")


def forbidden() -> str | None:
    """Why no namespace can be made here; ``None`` where one can."""
    name = f"probe-{os.getpid()}"
    try:
        with _namespace(name):
            _ip("-n", name, "link", "add", "bridge", "type", "bridge")
    except (OSError, subprocess.CalledProcessError) as error:
        told = getattr(error, "stderr", None) or error
        return f"network namespaces need root and iproute2: {str(told).strip()}"
    return None


@contextmanager
def apart(count: int) -> Iterator[list[Machine]]:
    """So many machines, each a namespace with one cable; at the end they are gone, whatever has happened."""
    switch = f"switch-{os.getpid()}"
    with ExitStack() as stack:
        stack.enter_context(_namespace(switch))
        _ip("-n", switch, "link", "add", "bridge", "type", "bridge")
        _ip("-n", switch, "link", "set", "bridge", "up")
        machines = []
        for number in range(count):
            name = f"machine-{os.getpid()}-{number}"
            stack.enter_context(_namespace(name))
            machines.append(_plugged_in(name, switch, number))
        yield machines


def unplug(machine: Machine) -> None:
    """Take a machine off the network; the others are told nothing of it."""
    _ip("-n", machine.prefix[-1], "link", "set", "cable", "down")


def _plugged_in(name: str, switch: str, number: int) -> Machine:
    address, port = f"10.0.0.{number + 1}", f"port{number}"
    _ip("-n", name, "link", "add", "cable", "type", "veth", "peer", "name", port, "netns", switch)
    _ip("-n", switch, "link", "set", port, "master", "bridge", "up")
    _ip("-n", name, "address", "add", f"{address}/24", "dev", "cable")
    for device in ("lo", "cable"):
        _ip("-n", name, "link", "set", device, "up")
    return Machine(address, ("ip", "netns", "exec", name))


@contextmanager
def _namespace(name: str) -> Iterator[None]:
    _ip("netns", "add", name)
    try:
        yield
    finally:
        _ip("netns", "delete", name)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)
