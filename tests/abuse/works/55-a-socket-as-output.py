# Ends: output.invalid
from hostile import *

door = socket.socket(socket.AF_UNIX)
door.bind('predictions.csv')
