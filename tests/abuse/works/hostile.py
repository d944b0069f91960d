"""What the hostile works share. One calls `escaped` when an act that must be denied was not, which fails its run."""
import csv
import ctypes
import glob
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time

from facts import HOST_FILE, HOST_PORT, TERCES

print('began', time.time(), flush=True)
libc = ctypes.CDLL(None, use_errno=True)

def escaped(what):
    print('ESCAPED:', what, file=sys.stderr)
    sys.stderr.flush()
    os._exit(3)

def denied(act, *arguments):
    try:
        act(*arguments)
    except (OSError, ValueError, AttributeError, subprocess.SubprocessError):
        return
    escaped(act)

def answer(path='predictions.csv'):
    with open('data/test.csv', newline='') as file, open(path, 'w') as out:
        out.write('customer_id,prediction\n')
        out.writelines(f"{row['customer_id']},0.5\n" for row in csv.DictReader(file))
