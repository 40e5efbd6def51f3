"""Kernels for the recurrent steps, on a CPU and on a GPU. Their results must equal those of ``DNC.step``."""
