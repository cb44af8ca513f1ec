"""Hypothesis profiles: `quick` for every run, `thorough` for `make thorough` (`--hypothesis-profile=thorough`)."""

from hypothesis import HealthCheck, Phase, settings

_QUICK, _THOROUGH = 20, 100

# No deadline: the first call of a parser takes longer than the others.
settings.register_profile("quick", deadline=None, max_examples=_QUICK)
settings.register_profile("thorough", deadline=None, max_examples=_THOROUGH)
settings.load_profile("quick")


def slow_examples(thorough: int) -> settings:
    """For tests whose examples load a database: the explicit examples, in `thorough` also this many generated ones.

    Nothing is shrunk, since that would take minutes: the failing example itself says enough.
    """
    explicit_only = settings().max_examples < _THOROUGH
    return settings(
        max_examples=thorough,
        phases=(Phase.explicit,) if explicit_only else (Phase.explicit, Phase.reuse, Phase.generate),
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
