# Ends: limit.wall_time
from hostile import *

while True:
    pass
