# Ends: limit.processes, limit.memory
from hostile import *

# A small process is copied fast, so that the limit is met at once.
os.execv(sys.executable, ['python', '-I', '-S', '-c', 'import os\nwhile True: os.fork()'])
