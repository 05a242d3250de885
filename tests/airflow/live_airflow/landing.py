"""The landing of the tests: `python -m ingest` of some days, which a test can hold back.

    python landing.py FOLDER FIRST LAST

waits as long as FOLDER holds a file `hold-FIRST`.
"""

import os
import sys
import time
from pathlib import Path

folder, first, last = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
while (folder / f"hold-{first}").exists():
    time.sleep(0.2)
os.execv(sys.executable, [sys.executable, "-m", "ingest", "--from", first, "--to", last])
