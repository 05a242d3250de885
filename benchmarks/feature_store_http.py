"""The least that an HTTP server can do: an answer of so many bytes to every request.

feature_store.py starts it as `python feature_store_http.py BYTES`; it prints its port.
"""

import socket
import sys

import uvicorn

BODY = b"x" * int(sys.argv[1])


async def app(scope, receive, send) -> None:
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(BODY))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": BODY})


if __name__ == "__main__":
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        print(listener.getsockname()[1], flush=True)
        config = uvicorn.Config(app, log_level="error", access_log=False, lifespan="off")
        uvicorn.Server(config).run(sockets=[listener])
