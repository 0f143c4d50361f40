"""The product's way to keep passwords, at a fraction of its cost: tests set hundreds of them."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Quick(Argon2PasswordHasher):
    """Argon2id as in the product, once over 64 KiB. tests/site holds what an installation uses."""

    time_cost = 1
    memory_cost = 64
    parallelism = 1
