# Ends: completed
from hostile import *

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in range(3):
            os.close(number)
        while True:
            time.sleep(1)
    os._exit(0)
os.wait()
answer()
