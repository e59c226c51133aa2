"""The service to be ahead of: the same answers from FastAPI, SQLAlchemy, asyncpg and Pydantic."""
