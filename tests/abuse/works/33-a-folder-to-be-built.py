# Ends: environment.forbidden
# Says: -e .
# Asks: -e .
from hostile import *

escaped('it should never run')
