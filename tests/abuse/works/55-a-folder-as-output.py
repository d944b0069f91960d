# Ends: output.invalid
from hostile import *

os.mkdir('predictions.csv')
