# Ends: completed
from hostile import *

for process in (1, os.getppid()):
    if libc.ptrace(16, process, 0, 0) == 0:
        escaped('ptrace')
answer()
