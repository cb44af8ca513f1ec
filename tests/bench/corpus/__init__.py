"""Generator of an endless sequence of plausible commentaries, each about as long as the seed's."""
