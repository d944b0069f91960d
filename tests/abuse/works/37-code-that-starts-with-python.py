# Ends: completed
# Asks: alpha==1.0
from hostile import *

import alpha
if alpha.seen:
    escaped(alpha.seen)
answer()
