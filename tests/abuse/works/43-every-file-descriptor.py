# Ends: run.failed
# Says: Too many open files
from hostile import *

held = []
while True:
    held.append(open('/dev/null'))
