# Ends: completed
from hostile import *

denied(time.clock_settime, time.CLOCK_REALTIME, 0)
answer()
