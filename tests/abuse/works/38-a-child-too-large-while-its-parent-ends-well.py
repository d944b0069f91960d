# Ends: completed
# Says: killed for using too much memory
from hostile import *

if os.fork() == 0:
    hoard = b'x' * 2_000_000_000
    os._exit(0)
os.wait()
answer()
