"""BCa interval of a mean by scipy.stats.bootstrap, with given resamples. Prints JSON."""

import json
import sys
import time

import numpy
from scipy.stats import bootstrap

with open(sys.argv[1], encoding="utf-8") as file:
    problem = json.load(file)
values = numpy.array(problem["values"])
indices = numpy.array(problem["resamples"])


class Given(numpy.random.RandomState):
    """Draws the given indices, whatever is asked."""

    def randint(self, *_args, **_options):
        return indices


def once():
    return bootstrap(
        (values,),
        numpy.mean,
        n_resamples=len(indices),
        method="BCa",
        confidence_level=0.95,
        random_state=Given(),
    ).confidence_interval


once()
begun = time.perf_counter()
for _ in range(problem["times"]):
    low, high = once()
seconds = (time.perf_counter() - begun) / problem["times"]
print(json.dumps({"low": low, "high": high, "seconds": seconds}))
