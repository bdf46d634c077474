"""Signing in and out, and what a screen must know first."""

from __future__ import annotations

from callcenter.web.answers import SessionView, SignedIn
from callcenter.web.api.route import Incoming, Route, WithCookie
from callcenter.web.bodies import PrefsPatch, SignIn


async def sign_in(incoming: Incoming[SignIn, None]) -> WithCookie[SignedIn]:
    body = incoming.body
    signed_in = await incoming.context.auth.sign_in(body.login, body.password, incoming.ip)
    return WithCookie(SignedIn(signed_in.session.user), signed_in.token)


async def show(incoming: Incoming[None, None]) -> SessionView:
    company = incoming.context.company
    if incoming.who is None:
        return SessionView(user=None, gateway_url="", simulated=False, company=company)
    return SessionView(
        user=incoming.who.user,
        gateway_url=incoming.gateway_url,
        simulated=incoming.context.live.switch.simulated,
        company=company,
    )


async def sign_out(incoming: Incoming[None, None]) -> WithCookie[None]:
    """In every browser. Refused during a call: hang up first."""
    await incoming.context.agents.sign_out(incoming.user_id)
    await incoming.context.auth.sign_out(incoming.session)
    return WithCookie(None, "")


async def set_prefs(incoming: Incoming[PrefsPatch, None]) -> SignedIn:
    changes = incoming.body.model_dump(mode="json", exclude_unset=True)
    return SignedIn(await incoming.context.auth.set_prefs(incoming.session, changes))


ROUTES = (
    Route("POST", "/session", sign_in, "Sign in", public=True),
    Route("GET", "/session", show, "Who is signed in, and where the gateway is", anybody=True),
    Route("DELETE", "/session", sign_out, "Sign out, in every browser", status=204),
    Route("PATCH", "/session/prefs", set_prefs, "Change one's own preferences"),
)
