# Ends: limit.memory, limit.disk
from hostile import *

with open(os.path.join('/work', 'big'), 'wb') as file:
    while True:
        file.write(b'x' * 1_000_000)
