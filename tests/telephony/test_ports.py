"""Ports for servers of our own: none is given to two processes, nor to what goes out."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest

from telephony.ports import LOWEST, PER_SLOT, SLOTS, NoFreePort, free_tcp_port, free_udp_port

THREE = "from telephony.ports import free_tcp_port as f; print(f(), f(), f(), flush=True); input()"


def test_ports_differ_and_lie_below_those_of_connections_that_go_out() -> None:
    ports = [free_tcp_port(), free_udp_port(), free_tcp_port()]
    assert len(set(ports)) == 3
    assert all(LOWEST <= port < LOWEST + SLOTS * PER_SLOT < 32_768 for port in ports)


def test_a_port_that_is_taken_is_passed_over() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", free_tcp_port()))
        assert taken.getsockname()[1] not in {free_tcp_port() for _ in range(PER_SLOT)}


def test_an_address_of_another_machine_has_no_free_port() -> None:
    with pytest.raises(NoFreePort, match=r"203\.0\.113\.9"):
        free_tcp_port("203.0.113.9")


def test_two_processes_are_never_given_the_same() -> None:
    with running() as one, running() as other:
        assert one.stdout
        assert other.stdout
        given = one.stdout.readline().split(), other.stdout.readline().split()
        one.communicate("\n")
        other.communicate("\n")
    assert len({*given[0], *given[1]}) == 6


def running() -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", THREE], stdin=pipe, stdout=pipe, text=True)
