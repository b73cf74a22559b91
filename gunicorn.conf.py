"""Read by every gunicorn started in this folder, in demo and in production."""

import ctypes
import signal

control_socket_disable = True

PR_SET_PDEATHSIG = 1


def post_fork(server, worker):
    """A worker whose master was killed would go on holding the port for half its timeout."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
