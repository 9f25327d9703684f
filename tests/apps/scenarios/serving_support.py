"""A small server for the tests, and a simulation of it one step at a time: slow, and too plain to be wrong."""

import math

from apps.scenarios.quantity import Origin
from apps.scenarios.serving.profile import ServingProfile
from lca.engine import Provenance

ORIGIN = Origin(provenance=Provenance.SUPPLIED, source="a test", gsd=1.1)


def server(
    room: int = 4,
    *,
    context_s: float = 0.0,
    prefill_s: float = 0.01,
    memory_tokens: float = math.inf,
) -> ServingProfile:
    return ServingProfile(
        name="small",
        step_s=tuple(0.02 + 0.003 * batch for batch in range(room + 1)),
        step_w=tuple(100.0 + 20.0 * batch for batch in range(room + 1)),
        prefill_s=prefill_s,
        prefill_s_per_token=0.001,
        prefill_w=300.0,
        context_s=context_s,
        memory_tokens=memory_tokens,
        idle_w=50.0,
        origins=dict.fromkeys(("decode", "prefill", "idle"), ORIGIN),
    )


def step_by_step(
    profile: ServingProfile, arrivals: list[float], prompts: list[int], lengths: list[int]
) -> tuple[list[float], list[float], list[float]]:
    """Times of first and last tokens, and seconds by batch, from a loop that makes one token a step."""
    many = len(arrivals)
    first, last = [0.0] * many, [0.0] * many
    decode_s = [0.0] * (profile.room + 1)
    clock, head, made = 0.0, 0, {}
    while head < many or made:
        if not made and arrivals[head] > clock:
            clock = arrivals[head]
        joined = []
        while head < many and arrivals[head] <= clock and len(made) + len(joined) < profile.room:
            held = [*made, *joined, head]
            if sum(prompts[each] + lengths[each] for each in held) > profile.memory_tokens:
                break
            joined.append(head)
            head += 1
        if joined:
            clock += profile.prefill_s
            clock += profile.prefill_s_per_token * sum(prompts[request] for request in joined)
            for request in joined:
                made[request] = 1
                first[request] = clock
        else:
            context = sum(prompts[request] + tokens for request, tokens in made.items())
            spent = profile.step_s[len(made)] + profile.context_s * context
            decode_s[len(made)] += spent
            clock += spent
            made = {request: tokens + 1 for request, tokens in made.items()}
        for request in [each for each, tokens in made.items() if tokens >= lengths[each]]:
            last[request] = clock
            del made[request]
    return first, last, decode_s
