# Ends: limit.processes, limit.memory
from hostile import *

while True:
    os.fork()
