# Ends: environment.timeout
# Asks: slow==1.0
from hostile import *

escaped('it should never run')
