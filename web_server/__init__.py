"""How the project's servers treat those who call them: uvicorn, with patience that ends.

    def refusal(status: int, sentence: str) -> tuple[bytes, bytes]:
        return b"text/plain; charset=utf-8", sentence.encode()

    server = Server(app, refusal, Limits(connections=100), lifespan="on")
    server.run(sockets=[listen("127.0.0.1", 8080)])

`limits` says how long and how many, `connections` holds each connection to it, and `server` looks
after all of them and ends the process. `headers` is what every answer has.

It stands on the ground floor: it imports nothing of the project.
"""
