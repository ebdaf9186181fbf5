"""Runs a command and writes what it took to a file: meter.py REPORT COMMAND..."""

import json
import os
import subprocess
import sys
import time

report, *command = sys.argv[1:]
start = time.perf_counter()
process = subprocess.Popen(command)
_, status, usage = os.wait4(process.pid, 0)
seconds = time.perf_counter() - start
# Linux counts peak memory in kibibytes, macOS in bytes.
unit = 1 if sys.platform == "darwin" else 1024
cost = {
    "seconds": seconds,
    "cpu_seconds": usage.ru_utime + usage.ru_stime,
    "megabytes": usage.ru_maxrss * unit / 1e6,
}
with open(report, "w") as file:
    json.dump(cost, file)
sys.exit(os.waitstatus_to_exitcode(status))
