"""Breaking things under load, and holding the call log against what Asterisk itself wrote down.

    python -m tests.chaos            the whole of it (`make chaos`)
    python -m tests.chaos --soak 8   hours of load with a fault now and then (`make soak HOURS=8`)

`test_chaos.py` is the short form that `make test` runs.
"""
