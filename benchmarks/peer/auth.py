"""Who asks: the token is verified, and the user and their session are read on every request."""

from typing import Annotated

import jwt
from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import select

from benchmarks.peer.database import Session
from benchmarks.peer.models import AuthSession, User
from benchmarks.peer.settings import JWT_KEY

MAY_USE_CUSTOMERS = {"admin", "management", "sales"}
Credentials = Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]


async def user_of_request(request: Request, session: Session, given: Credentials) -> User:
    """Return the active user whose open session the token names; raises 401."""
    try:
        claims = jwt.decode(
            given.credentials,
            JWT_KEY,
            algorithms=["HS256"],
            issuer="crm",
            options={"require": ["exp", "sub", "iss"]},
        )
        user_id, session_id = int(claims["sub"]), int(claims["sid"])
    except (jwt.InvalidTokenError, KeyError, ValueError) as error:
        raise HTTPException(401, "This token is not valid.") from error
    found = await session.scalar(
        select(User)
        .join(AuthSession, AuthSession.user_id == User.id)
        .where(
            User.id == user_id,
            User.is_active,
            AuthSession.id == session_id,
            AuthSession.revoked_at.is_(None),
        )
    )
    if found is None or claims.get("token_type") != "access":
        raise HTTPException(401, "This token is not valid.")
    if found.role not in MAY_USE_CUSTOMERS:
        raise HTTPException(403, "You may not do this.")
    request.state.user_id = found.id
    return found


Actor = Annotated[User, Depends(user_of_request)]
