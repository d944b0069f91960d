# Ends: limit.memory, limit.wall_time
from hostile import *

for _ in range(8):
    if os.fork() == 0:
        hoard = b'x' * 200_000_000
        time.sleep(60)
while True:
    time.sleep(1)
