# Ends: limit.wall_time, run.failed
from hostile import *

for process in (1, os.getppid()):
    try:
        place = int(open(f'/proc/{process}/maps').readline().split('-')[0], 16)
        with open(f'/proc/{process}/mem', 'r+b') as memory:
            memory.seek(place)
            memory.write(bytes(64))
    except (OSError, ValueError):
        pass
for number in (signal.SIGSTOP, signal.SIGKILL):
    for process in (1, os.getppid()):
        try:
            os.kill(process, number)
        except OSError:
            pass
time.sleep(1000)
