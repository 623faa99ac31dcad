"""Pages that are open: so many WebSockets of one panel, all that comes read, and thrown away.

python -m bench.panel_pages ADDRESS COOKIE COUNT
"""

import asyncio
import sys

from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect


async def main(address: str, cookie: str, count: int) -> None:
    """Until it is killed."""
    request = HTTPRequest(f"{address.replace('http', 'ws', 1)}/api/live", headers={"Cookie": cookie, "Origin": address})
    pages = [await websocket_connect(request) for _ in range(count)]
    print("open", flush=True)

    async def read(page: object) -> None:
        while await page.read_message() is not None:  # type: ignore[attr-defined]
            pass

    await asyncio.gather(*map(read, pages))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
