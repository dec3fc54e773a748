"""Nobody: Python and NumPy alone. What a peer's start and memory, measured through Python, contain at least."""

import platform


class Nothing:
    version = platform.python_version()

    def __init__(self, path, tensor, threads):
        pass

    def run(self):
        pass


open_model = Nothing
