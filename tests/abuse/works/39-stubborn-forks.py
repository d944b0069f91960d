# Ends: limit.processes, limit.memory
from hostile import *

stubborn = '''
import os
while True:
    try:
        os.fork()
    except OSError:
        pass
'''
os.execv(sys.executable, ['python', '-I', '-S', '-c', stubborn])
