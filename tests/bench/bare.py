"""The unit: one FastAPI async JSON route on the same uvicorn, nothing behind it."""

from fastapi import FastAPI

app = FastAPI(openapi_url=None)


@app.get("/")
async def bare() -> dict[str, str]:
    """The least a FastAPI service can do."""
    return {"status": "active", "number": "NGC-000217-H"}
