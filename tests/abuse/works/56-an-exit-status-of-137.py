# Ends: run.failed
# Says: 137
from hostile import *

answer()
os._exit(137)
