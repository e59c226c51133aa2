"""The peer: ``uvicorn benchmarks.peer.app:app``."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from benchmarks.peer.customers import router
from benchmarks.peer.database import engine
from benchmarks.peer.middleware import RequestContext


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    await engine.dispose()


# Nobody collects its spans here, so it makes none.
app = FastAPI(lifespan=lifespan, telemetry={"tracing": False, "metrics": False, "logs": False})
app.include_router(router)
app.add_middleware(RequestContext)


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}
