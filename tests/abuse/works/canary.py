from hostile import *

# Works until it is told that all is over, and looks that nobody touches what is its own.
mine = os.urandom(4 << 20)
places = [os.path.join(folder, 'canary') for folder in ('.', '/tmp', '/dev/shm')]
for place in places:
    with open(place, 'wb') as file:
        file.write(mine)
open('at-work', 'w').close()
while not os.path.exists('over'):
    assert all(open(place, 'rb').read() == mine for place in places)
    process = os.fork()
    if not process:
        os._exit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 7
    thread = threading.Thread(target=time.sleep, args=(0.1,))
    thread.start()
    thread.join()
    time.sleep(0.2)
answer()
print('ended', time.time(), flush=True)
