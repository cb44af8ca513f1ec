"""Hypothesis profiles: `quick` for every run, `thorough` for the coverage gate (`--hypothesis-profile=thorough`)."""

from hypothesis import HealthCheck, Phase, settings

_THOROUGH = 100

# No deadline: the first call of a parser takes longer than the others.
settings.register_profile("quick", deadline=None, max_examples=30)
settings.register_profile("thorough", deadline=None, max_examples=_THOROUGH)
settings.load_profile("quick")


def examples(quick: int, thorough: int) -> settings:
    """A number of examples for each profile, for tests whose examples are slow.

    An example that loads a database takes seconds, so nothing is shrunk: the failing example itself says enough.
    """
    return settings(
        max_examples=thorough if settings().max_examples >= _THOROUGH else quick,
        phases=(Phase.explicit, Phase.reuse, Phase.generate),
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
