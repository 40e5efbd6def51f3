"""What happened in the memory while a question was answered, as arrays."""

import numpy as np

from graphdnc import Reasoner
from graphdnc.datasets.real import real_graph_path

reasoner = Reasoner.from_file(real_graph_path("underground_zone1"), votes=1)
trace = reasoner.trace("From Moorgate take the Circle clockwise one stop, then Bakerloo northbound one stop")
recording = trace.recording
print("read weights:", recording.read_weights.shape, "(steps, heads, rows)")
for number in range(trace.described, len(trace.steps)):
    rows = recording.read_weights[number].argmax(-1)
    modes = recording.read_modes[number].argmax(-1)
    said = trace.steps[number].said
    print(f"step {number + 1}: rows {rows.tolist()}, modes {modes.tolist()}, said {said}")
np.savez("trace.npz", read_weights=recording.read_weights, usage=recording.usage)
