"""A round walked by several processes of one machine: each has sites of its own, one of them writes the facts."""
