# Ends: environment.forbidden
# Says: line 2
# Asks: alpha
# Asks: --extra-index-url {index}/evil/simple
from hostile import *

escaped('it should never run')
