"""Stands in for the panel, which is not there: a page that is asked for the whole state again and again.

    python -m bench.page_load

One process answers over HTTP on a local port with what a panel shows of a concert, encoded anew each time; a child asks
as fast as it is answered. It is to give way to the panel itself, with a browser's requests.
"""

import os
import socket

import msgspec

_BARS, _STEPS, _DRUMS, _MOTORS = 4, 16, 9, 8


def state(count: int) -> dict[str, object]:
    """What a page may show: call and answer on their grids, the motors, the status, a history of lateness."""
    steps = _BARS * _STEPS
    return {
        "count": count,
        "grids": [[[(count + step * drum) % 128 for step in range(steps)] for drum in range(_DRUMS)] for _ in "ab"],
        "motors": [{"name": f"motor {n}", "heat": n / _MOTORS, "strokes": count + n} for n in range(_MOTORS)],
        "status": {"state": "answering", "faults": [], "qpm": 120.0, "bar": count % _BARS},
        "lateness": [(count * n % 97) / 1e6 for n in range(600)],
    }


def answer(client: socket.socket) -> None:
    """For ever, until the asker goes."""
    count = 0
    while client.recv(4096):
        count += 1
        body = msgspec.json.encode(state(count))
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        client.sendall(head.encode() + body)


def ask(port: int) -> None:
    """For ever, until the answerer goes."""
    with socket.create_connection(("127.0.0.1", port)) as page, page.makefile("rb") as lines:
        while True:
            page.sendall(b"GET /state HTTP/1.1\r\nHost: localhost\r\n\r\n")
            length = 0
            while (line := lines.readline()) not in (b"\r\n", b""):
                name, _, value = line.partition(b":")
                length = int(value) if name == b"Content-Length" else length
            msgspec.json.decode(lines.read(length))


def main() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        if os.fork() == 0:
            ask(port)
            os._exit(0)
        client, _ = listener.accept()
        with client:
            answer(client)


if __name__ == "__main__":
    main()
