# Ends: limit.disk
from hostile import *

for i in range(300_000):
    os.close(os.open(f'/work/{i}', os.O_CREAT))
