"""The staging city 云岭市: a fictional city on loopback that is the demo, the test bed and what CI inspects.

`city.yaml` says what the city is, `planted.yaml` what is wrong with it and what only looks wrong; everything else is
code that serves the two. `process.start_city` runs it for a program, `python -m tests.staging` for a person.
"""
