# Ends: output.invalid
from hostile import *

os.mkfifo('predictions.csv')
