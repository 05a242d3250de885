"""The pages alone, for those who work on them: `python -m serving.catalogue [port]`."""

import sys

import uvicorn

from serving.catalogue.pages import create_app

if __name__ == "__main__":
    uvicorn.run(create_app(), host="127.0.0.1", port=int(sys.argv[1]) if sys.argv[1:] else 8090)
