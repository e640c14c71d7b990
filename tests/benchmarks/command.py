"""`cxledger` as a person types it: `command ARGUMENT…`."""

from tests.benchmarks.measure import tell

if __name__ == "__main__":
    from dagster_project.cli import leave, main

    try:
        main()
    except SystemExit:  # of any status: its time is asked for
        tell({})
    leave(0)
