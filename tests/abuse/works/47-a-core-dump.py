# Ends: completed
from hostile import *

import resource
denied(resource.setrlimit, resource.RLIMIT_CORE, (1, resource.RLIM_INFINITY))
before = set(os.listdir('.'))
if os.fork() == 0:
    os.abort()
os.wait()
if set(os.listdir('.')) != before:
    escaped('a core file')
answer()
