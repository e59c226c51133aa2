"""What the environment tells the peer."""

import os

DATABASE_URL = os.environ["DATABASE_URL"].replace("postgres://", "postgresql+asyncpg://", 1)
JWT_KEY = os.environ["JWT_KEY"]
PHONE_REGION = os.environ.get("PHONE_REGION", "VE")
