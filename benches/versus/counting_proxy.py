"""A loopback HTTP proxy that counts what passes: connections, requests and bytes each way."""

import asyncio
import threading
from dataclasses import dataclass


@dataclass
class Counts:
    connections: int = 0
    requests: int = 0
    sent: int = 0
    received: int = 0


class CountingProxy:
    """Listens on a free port of 127.0.0.1 in a thread of its own and passes everything to one server."""

    def __init__(self, host, port):
        self.server = (host, port)
        self.counts = Counts()
        self.port = None
        ready = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self._serve(ready)), daemon=True).start()
        ready.wait()

    def take(self):
        """What was counted since the last call."""
        counts, self.counts = self.counts, Counts()
        return counts

    async def _serve(self, ready):
        listener = await asyncio.start_server(self._connection, "127.0.0.1", 0)
        self.port = listener.sockets[0].getsockname()[1]
        ready.set()
        await listener.serve_forever()

    async def _connection(self, client, to_client):
        self.counts.connections += 1
        server, to_server = await asyncio.open_connection(*self.server)
        await asyncio.gather(self._requests(client, to_server), self._answers(server, to_client))

    async def _requests(self, client, to_server):
        """Passes request after request, so that each is counted once however it is cut into packets."""
        try:
            while True:
                head = await client.readuntil(b"\r\n\r\n")
                self.counts.requests += 1
                self._pass_on(head, to_server)
                headers = dict(line.split(b":", 1) for line in head.lower().split(b"\r\n")[1:] if b":" in line)
                if b"chunked" in headers.get(b"transfer-encoding", b""):
                    size = None
                    while size != 0:
                        line = await client.readuntil(b"\r\n")
                        size = int(line.split(b";")[0], 16)
                        self._pass_on(line + await client.readexactly(size + 2), to_server)
                else:
                    self._pass_on(await client.readexactly(int(headers.get(b"content-length", 0))), to_server)
                await to_server.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            to_server.close()

    def _pass_on(self, data, to_server):
        self.counts.sent += len(data)
        to_server.write(data)

    async def _answers(self, server, to_client):
        try:
            while data := await server.read(1 << 16):
                self.counts.received += len(data)
                to_client.write(data)
                await to_client.drain()
        except ConnectionError:
            pass
        finally:
            to_client.close()
