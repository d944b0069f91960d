# Ends: limit.processes, limit.memory
from hostile import *

while True:
    try:
        os.fork()
    except OSError:
        pass
