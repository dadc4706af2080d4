"""The town names the process of a request by its connection, not by a port that two connections may share."""

from __future__ import annotations

import os
import socket
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.cluster.town import inode_of


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="没有 /proc/net/tcp（非 Linux）：连接归属未测试")
def test_two_connections_of_one_local_port_are_told_apart() -> None:
    with ExitStack() as open_:
        servers = [open_.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(2)]
        clients = [open_.enter_context(socket.socket()) for _ in servers]
        port = 0
        for client, server in zip(clients, servers, strict=True):
            client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            client.bind(("127.0.0.1", port))
            client.connect(server.getsockname())
            port = client.getsockname()[1]
        told = [inode_of(port, server.getsockname()[1]) for server in servers]
        assert told == [f"socket:[{os.fstat(client.fileno()).st_ino}]" for client in clients]
        assert told[0] != told[1]
