# Ends: limit.processes
from hostile import *

while True:
    threading.Thread(target=time.sleep, args=(99,)).start()
