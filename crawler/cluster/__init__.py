"""A round walked by many machines: Celery hands out slices of jobs, leases in the store keep each job in one place."""
