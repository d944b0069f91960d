# Ends: limit.wall_time
from hostile import *

os.kill(-1, signal.SIGSTOP)
os.kill(os.getppid(), signal.SIGSTOP)
time.sleep(1000)
