"""The fast paths of the recurrent steps, on a CPU and on a GPU; their slow twin is ``DNC.step``."""
