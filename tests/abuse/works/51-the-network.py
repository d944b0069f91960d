# Ends: completed
from hostile import *

for address in (('1.1.1.1', 53), ('169.254.169.254', 80), ('172.17.0.1', HOST_PORT), ('127.0.0.1', HOST_PORT)):
    denied(socket.create_connection, address, 1)
denied(socket.getaddrinfo, 'example.com', 80)
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
    denied(door.sendto, b'x', ('8.8.8.8', 53))
answer()
