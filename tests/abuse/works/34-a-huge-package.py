# Ends: environment.too_large
# Asks: huge==1.0
from hostile import *

escaped('it should never run')
